"""08: advice."""

from nndsl.diagnostics.entry import Entry

ROWS: dict[str, Entry] = {
    "NN0801": Entry("the gradient may vanish: {count} functions in a chain, whose slopes multiply to at most {bound}",
                    "By the chain rule the gradient that reaches the first weights is multiplied by the slope of every "
                    "function on its way. Where no slope is above s < 1, n of them leave at most s^n of it, the weights' own "
                    "gain aside.",
                    severity="advice"),
    "NN0802": Entry("`{name}` cannot learn: its gradient is zero at every point tried",
                    "A parameter whose gradient is identically zero never changes. Either nothing depends on it, or "
                    "what follows takes it away again: a mean that is subtracted takes away every constant added before.",
                    severity="advice"),
    "NN0803": Entry("the loss saturates: where an output is confidently wrong, hardly any gradient is left",
                    "Far out, the slope of the output's function falls faster than the slope of the loss grows, so the worst "
                    "mistakes are corrected least. A loss with a logarithm undoes the exponential in a softmax or sigmoid.",
                    severity="advice"),
}
