"""03, from 30 on: what is only found when a model is built with its settings."""

from nndsl.diagnostics.entry import Entry


def _model(output: str, before: str = "", inputs: str = "x[4]") -> str:
    """A model that gives `output`."""
    return f"{before}model m {{\n    input {inputs}\n    output p = {output}\n}}\n"


def _trained(loss: str, more: str = "") -> str:
    """A model of two outputs with this loss."""
    outputs = "    output p = x -> dense(3)\n    output q = x -> dense(1)\n"
    return f"model m {{\n    input x[4]\n{outputs}}}\ntrain {{\n    loss {loss}\n{more}}}\n"


ROWS: dict[str, Entry] = {
    "NN0330": Entry(
        "{message}",
        "What the definition asks with `require` does not hold.",
        _model("x -> dropout(1.5)"),
        _model("x -> dropout(0.5)"),
    ),
    "NN0331": Entry(
        "a list of {expected} is asked for, not of {found}",
        "`kernel_size[2]` asks for a list of two; a lone number is repeated.",
        _model("x -> scaled([1, 2, 3])", "layer scaled(by[2]) { input x[...];  output x * by[0] * by[1] }\n"),
        _model("x -> scaled([1, 2])", "layer scaled(by[2]) { input x[...];  output x * by[0] * by[1] }\n"),
    ),
    "NN0332": Entry(
        "{count} copies: there must be at least 1 and at most {most}",
        "`repeat(20, dense(100))` is twenty fresh copies in a row.",
        _model("x -> repeat(0, dense(4))"),
        _model("x -> repeat(2, dense(4))"),
    ),
    "NN0333": Entry(
        "`{name}` takes {taken} but gets {given}",
        "Several values in parentheses are several inputs. `concat` makes one of them.",
        _model("(x, y) -> dense(3)", inputs="x[4], y[2]"),
        _model("(x, y) -> concat -> dense(3)", inputs="x[4], y[2]"),
    ),
    "NN0334": Entry(
        "an instance is called by a string that is a name",
        "`name` is a string of letters, digits and `_`.",
        _model('x -> dense(2, name = "my layer")'),
        _model('x -> dense(2, name = "my_layer")'),
    ),
    "NN0335": Entry(
        "the input `{name}` is missing",
        "A layer with several inputs takes them in parentheses: `(a, b) -> f`. Only those with a default may be left out.",
        _model("x -> both", "layer both() { input a[A], b[B];  output y[i, j] = a[i] * b[j] }\n"),
        _model("(x, x) -> both", "layer both() { input a[A], b[B];  output y[i, j] = a[i] * b[j] }\n"),
    ),
    "NN0336": Entry(
        "nothing says what `{name}` is at first",
        "A parameter or state is given an initializer or a formula: `param kernel[In, units] = glorot_uniform`.",
    ),
    "NN0337": Entry(
        "there is no target `{name}`",
        "There is one target an output, called as that.",
    ),
    "NN0338": Entry(
        "the model has the outputs {names}: say which is meant",
        "With several outputs, a loss or metric is a formula over them: `mse(target.p, p)`.",
    ),
    "NN0339": Entry(
        "class weights need one target whose classes are numbered from 0",
        "`class_weight 0: 1, 1: 5` weighs the samples of each class; which class a sample has is told by the one target.",
        _trained("mse(target.p, p) + mse(target.q, q)", "    class_weight 0: 1, 1: 5\n"),
        _trained("mse(target.p, p)", "    class_weight 0: 1, 1: 5\n"),
    ),
    "NN0340": Entry(
        "{file} has no model",
        "A file of definitions only is for `import`; what is trained or shown has a `model`.",
    ),
    "NN0341": Entry(
        "the stable form gives another value than the formula at {point}",
        "`stable` says the same in a form that neither overflows nor cancels; wherever both have a value, that is the same.",
        _model("x -> soft", "activation soft(x) = log(1 + exp(x))\n    stable max(x, 0) + log1p(exp(abs(x)))\n"),
        _model("x -> soft", "activation soft(x) = log(1 + exp(x))\n    stable max(x, 0) + log1p(exp(-abs(x)))\n"),
    ),
}
