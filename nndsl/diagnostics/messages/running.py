"""06: running."""

from nndsl.diagnostics.entry import Entry

_MODEL = ('data {\n    source sklearn("iris")\n    split validation 20%\n}\n'
          "model m {\n    input x[4]\n    output p = x -> dense(3, softmax)\n}\n")
_RIGHT = "metric rightness(y[...]: int, p[..., K]) = p[..., y[...]]\n"


def _train(*lines: str) -> str:
    """A model of irises with further lines in its `train` block."""
    lines = ("loss sparse_categorical_crossentropy", *lines)
    return _MODEL + "train {\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


ROWS: dict[str, Entry] = {
    "NN0601": Entry("{what} is not a finite number at step {step}, in epoch {epoch}{reason}",
                    "Once the loss or a gradient is not a finite number, no weight can be trusted; the run stops at that step. "
                    "The batch is then computed once more from the last good weights, with the same random draws, and followed "
                    "back from the number that is not finite to the first operation whose operands still were: the message "
                    "names it, its line, its operands and the sample. `log(0)`, a division by zero, the slope of `sqrt` at 0 "
                    "are mended in the formula: keep its argument away from there. If a weight grew without bound, a "
                    "smaller learning rate, or `clipnorm`, helps.",
                    _train("optimizer sgd(learning_rate = 1e38)"), _train("optimizer sgd(learning_rate = 0.1)")),
    "NN0602": Entry("`{monitor}` is not measured",
                    "What can be watched is `loss`, the metrics, and the same on the validation part with `val_` before."),
    "NN0603": Entry("`{monitor}` asks for a validation part, and there is none", "`split validation 10%` sets one aside."),
    "NN0604": Entry("it is not known whether more or less `{monitor}` is better",
                    "For losses and errors less is better, for accuracies and scores more; of your own metric only you know.",
                    _RIGHT + _train("metrics rightness", "early_stop val_rightness"),
                    _RIGHT + _train("metrics rightness", "early_stop val_rightness, mode = max")),
    "NN0605": Entry("there are no data to train on", "The training part holds no samples."),
    "NN0606": Entry("`{path}` cannot be written: {reason}", "The disk is full, or the folder must not be written to."),
    "NN0607": Entry("there is no run in `{path}`", "A run's folder holds model.nn and checkpoints: `runs/<model>/<time>`."),
    "NN0608": Entry("`{path}` is in use by another run", "Two runs must not write one folder; the other one is still alive."),
    "NN0609": Entry("there is nothing to minimise: the file has no loss and no penalty",
                    "Training makes a number smaller. A `loss` in the `train` block, or a `penalty` in the model, says which."),
}
