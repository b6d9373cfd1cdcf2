"""03: arguments and settings."""

from nndsl.diagnostics.entry import Entry


def _layer(name: str) -> str:
    """A model that applies one layer before the last."""
    return f"model m {{\n    input x[4]\n    output p = x -> {name} -> dense(1)\n}}\n"


ROWS: dict[str, Entry] = {
    "NN0301": Entry(
        "`{name}` has no setting `{setting}`",
        "A setting is one that the definition lists, or one that every definition of its kind has: a layer `name`, "
        "`trainable` and `activity_regularizer`, `p_initializer` and `p_regularizer` for each `param p` and `s_initializer` "
        "for each `state s`; an optimizer `clipnorm`, `weight_decay` and so on.",
        _layer("dense(8, activaton = relu)"),
        _layer("dense(8, activation = relu)"),
    ),
    "NN0302": Entry(
        "`{name}` takes {most}, but gets {given}",
        "Settings may be given by position, in the order in which the definition lists them.",
        _layer("dropout(0.5, 0.1)"),
        _layer("dropout(0.5)"),
    ),
    "NN0303": Entry(
        "`{name}` needs {missing}",
        "A setting without a default must be given.",
        _layer("dense(activation = relu)"),
        _layer("dense(8, activation = relu)"),
    ),
    "NN0304": Entry(
        "`{setting}` of `{name}` is given twice",
        "A setting is given once: by position or by name, by its first or its second name.",
        _layer("dense(8, units = 16)"),
        _layer("dense(8)"),
    ),
    "NN0305": Entry(
        "{found} stands where {expected} is expected",
        "Functions, layers, initializers and regularizers are named, without quotes, and with their settings in "
        "brackets where they need any.",
        _layer('dense(8, activation = "relu")'),
        _layer("dense(8, activation = relu)"),
    ),
    "NN0306": Entry(
        "settings given by position come before those given by name",
        "After a setting given by name nobody could tell which one a value without a name is meant for.",
        _layer("dense(activation = relu, 8)"),
        _layer("dense(8, activation = relu)"),
    ),
}
