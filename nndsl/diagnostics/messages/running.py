"""06: running."""

from nndsl.diagnostics.entry import Entry

ROWS: dict[str, Entry] = {
    "NN0601": Entry("the loss is not a finite number at step {step}, in epoch {epoch}",
                    "Once the loss is not a finite number, no weight can be trusted; the run stops at that step. The "
                    "checkpoint before it holds the last good weights. A smaller learning rate, or `clipnorm`, often helps."),
    "NN0602": Entry("`{monitor}` is not measured"),
    "NN0603": Entry("`{monitor}` asks for a validation part, and there is none"),
    "NN0604": Entry("it is not known whether more or less `{monitor}` is better",
                    "For losses and errors less is better, for accuracies and scores more; of a metric of your own only you "
                    "know: add `mode = max` or `mode = min`."),
    "NN0605": Entry("there are no data to train on"),
    "NN0606": Entry("`{path}` cannot be written: {reason}"),
    "NN0607": Entry("there is no run in `{path}`"),
    "NN0609": Entry("there is nothing to minimise: the file has no loss and no penalty",
                    "Training makes a number smaller. A `loss` in the `train` block, or a `penalty` in the model, says which.",
                    "model m { input x[2]; output p = x -> dense(1) }\n",
                    "model m { input x[2]; output p = x -> dense(1) }\ntrain { loss mse }\n"),
    "NN0608": Entry("`{path}` is in use by another run"),
}
