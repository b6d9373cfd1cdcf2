"""08: advice."""

from nndsl.diagnostics.entry import Entry


def _classifier(layers: str, loss: str = "categorical_crossentropy") -> str:
    return (f"model m {{\n    input  x[64]\n    output p = x -> {layers}\n}}\n\n"
            f"train {{\n    loss      {loss}\n    optimizer sgd(learning_rate = 0.01)\n}}\n")


def _regression(output: str = "dense(1)", rate: str = "0.01") -> str:
    return ('data {\n    source sklearn("diabetes")\n    scale  x: standard\n    scale  y: standard\n}\n\n'
            f"model m {{\n    input  x[10]\n    output y = x -> {output}\n}}\n\n"
            f"train {{\n    loss      mse\n    optimizer sgd(learning_rate = {rate}, momentum = 0.9)\n}}\n")


def _relative(below: str) -> str:
    return (f"loss relative_error(y, p) = mean(abs(y - p) / {below})\n\n"
            "model m {\n    input  x[8]\n    output p = x -> dense(16, tanh) -> dense(1)\n}\n\n"
            "train {\n    loss      relative_error\n    optimizer adam\n}\n")


ROWS: dict[str, Entry] = {
    "NN0801": Entry("the gradient may vanish: of what reaches the last of {count} layers, {part} comes to the first",
                    "By the chain rule the gradient that reaches the first weights is multiplied, at every layer on its "
                    "way, by the layer's weights and by the slope of its function. Where each layer takes a part of it "
                    "away, hardly anything is left after many, and the first layers do not learn.",
                    _classifier("repeat(20, dense(32, sigmoid)) -> dense(10, softmax)"),
                    _classifier("repeat(20, dense(32, selu, kernel_initializer = lecun_normal)) -> dense(10, softmax)"),
                    severity="advice"),
    "NN0802": Entry("`{name}` cannot learn: its gradient is zero at every point tried",
                    "A parameter whose gradient is identically zero never changes. Either nothing depends on it, or what "
                    "follows takes it away again: a mean that is subtracted takes away every constant added before.",
                    _classifier("dense(32) -> batch_norm -> activation(relu) -> dense(10, softmax)"),
                    _classifier("dense(32, use_bias = false) -> batch_norm -> activation(relu) -> dense(10, softmax)"),
                    severity="advice"),
    "NN0803": Entry("the loss saturates: where an output is confidently wrong, hardly any gradient is left",
                    "Far out, the slope of the output's function falls faster than the slope of the loss grows, so the "
                    "worst mistakes are corrected least. A loss with a logarithm undoes the exponential in a softmax or "
                    "sigmoid.",
                    _classifier("dense(32, relu) -> dense(10, softmax)", "mse"),
                    _classifier("dense(32, relu) -> dense(10, softmax)"),
                    severity="advice"),
    "NN0804": Entry("the gradient may explode: over {count} layers it grows {part} times",
                    "At every layer on its way back the gradient is multiplied by the layer's weights and by the slope of "
                    "its function. Where that makes it larger each time, the first layers get steps that are far too "
                    "long, and numbers may overflow.",
                    _classifier("repeat(20, dense(32, relu, kernel_initializer = random_normal(stddev = 0.5))) -> "
                                "dense(10, softmax)"),
                    _classifier("repeat(20, dense(32, relu, kernel_initializer = he_normal)) -> dense(10, softmax)"),
                    severity="advice"),
    "NN0805": Entry("the first weights do not suit the function: over {count} layers the signal becomes {part} times as large",
                    "A sum over n weights of variance v has n v E[f(z)^2] times the variance of the sums before it, where "
                    "f is the function in between. The square root of n v is the weights' gain; 1 / sqrt(E[f(z)^2]) keeps "
                    "the signal as large as it is: 1 for the identity, 1.41 for relu, 1.59 for tanh. Other gains make it "
                    "fade or swell layer by layer, so that the last ones see next to nothing, or only values that "
                    "saturate them.",
                    _classifier("repeat(12, dense(64, relu)) -> dense(10, softmax)"),
                    _classifier("repeat(12, dense(64, relu, kernel_initializer = he_normal)) -> dense(10, softmax)"),
                    severity="advice"),
    "NN0806": Entry("targets for `{name}` lie outside what the output can be: it lies in {can}, they in {has}, {part} outside",
                    "Some outputs are bounded: a sigmoid lies between 0 and 1, tanh between -1 and 1, relu is not below "
                    "0. A target beyond can never be met; the loss drives the weights towards infinity instead, and the "
                    "gradient dies there.",
                    _regression("dense(16, tanh) -> dense(1, sigmoid)"),
                    _regression("dense(16, tanh) -> dense(1)"),
                    severity="advice"),
    "NN0807": Entry("{what}: `{formula}`",
                    "From between what the inputs lie, range analysis finds between what every formula lies. Where an "
                    "operation has no value for a number in that range, or no finite slope, a single sample can turn the "
                    "loss, and with it all weights, into NaN. The range may be wider than what really comes about, but "
                    "nothing in the formulas keeps the number out.",
                    _relative("abs(y)"),
                    _relative("max(abs(y), 1e-7)"),
                    severity="advice"),
    "NN0808": Entry("the learning rate is {times} times what is stable at first: the curvature {curvature} allows steps of "
                    "{bound} times the gradient, not {step}",
                    "Near a minimum every loss is like a quadratic. There a step that is too long leads to the other "
                    "side, further up than before: gradient descent diverges for rates above 2/c, where c is the "
                    "curvature, with momentum b above 2(1 + b)/c. The bound comes from the update rule's own formula, the "
                    "curvature from the data, at first weights. It may fall in training, and a rate a little beyond the "
                    "bound can still come to rest somewhere flatter.",
                    _regression(rate="2"),
                    _regression(rate="0.05"),
                    severity="advice"),
}
