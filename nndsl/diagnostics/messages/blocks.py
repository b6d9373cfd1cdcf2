"""04: the `data` and `train` blocks."""

from nndsl.diagnostics.entry import Entry

_MODEL = "model m {\n    input x[4]\n    output p = x -> dense(3)\n}\n"


def _train(*lines: str) -> str:
    """A model and a `train` block."""
    return _MODEL + "train {\n" + "".join(f"    {line}\n" for line in ("loss mse", "optimizer adam", *lines)) + "}\n"


def _data(*lines: str) -> str:
    """A model and a `data` block."""
    return "data {\n" + "".join(f"    {line}\n" for line in lines) + "}\n" + _MODEL


_CSV = 'source csv("a.csv")'

ROWS: dict[str, Entry] = {
    "NN0401": Entry(
        "`{block}` has no setting `{name}`",
        "",
        _train("epoch 20"),
        _train("epochs 20"),
    ),
    "NN0402": Entry(
        "`{setting}` is {expected}, not `{found}`",
        "Numbers may be computed from other numbers and from the `let`s at the top of the file.",
        _train("epochs 0"),
        _train("epochs 20"),
    ),
    "NN0403": Entry(
        "`{name}` is given twice",
        "A setting stands once in its block. Only `input`, `target`, `impute`, `encode` and `scale` may have several lines.",
        _train("epochs 10", "epochs 20"),
        _train("epochs 20"),
    ),
    "NN0404": Entry(
        "`{name}` needs {expected}",
        "",
        _train("early_stop loss, patience"),
        _train("early_stop loss, patience = 5"),
    ),
    "NN0405": Entry(
        "`{name}` takes {expected} and no more",
        "",
        _train("epochs 10, 20"),
        _train("epochs 10"),
    ),
    "NN0406": Entry(
        "`{setting}` has no option `{name}`",
        "",
        _data(_CSV, "split train 80%, validaton 20%"),
        _data(_CSV, "split train 80%, validation 20%"),
    ),
    "NN0407": Entry(
        "`{name}` of `{setting}` is given twice",
        "",
        _data(_CSV, "split train 80%, train 70%"),
        _data(_CSV, "split train 80%"),
    ),
    "NN0408": Entry(
        "the parts of the split add up to {total}",
        "The parts share the samples among them; together they are 100% at most.",
        _data(_CSV, "split train 80%, validation 20%, test 20%"),
        _data(_CSV, "split train 60%, validation 20%, test 20%"),
    ),
    "NN0409": Entry(
        "there is no source `{name}`",
        "Data come from `sklearn`, `csv`, `parquet`, `npz`, `npy` or `idx`.",
        _data('source cvs("a.csv")'),
        _data('source csv("a.csv")'),
    ),
    "NN0410": Entry(
        "the data block names no source",
        "Without a `data` block, arrays come from Python.",
        _data("scale x: standard"),
        _data(_CSV, "scale x: standard"),
    ),
    "NN0411": Entry(
        "the model has no {role} `{name}`",
        "`input name = ...` and `target name = ...` name the model's inputs and outputs. The target of a single output "
        "may also be called `y`.",
        _data(_CSV, "input z = columns(a, b, c, d)"),
        _data(_CSV, "input x = columns(a, b, c, d)"),
    ),
    "NN0412": Entry(
        "the {role} `{name}` is bound twice",
        "",
        _data(_CSV, "target p = a", "target p = b"),
        _data(_CSV, "target p = a"),
    ),
    "NN0413": Entry(
        "`{setting}` has no method `{name}`",
        "`scale` knows `standard`, `minmax` and `divide(n)`, `impute` knows `mean`, `median`, `most_frequent` and "
        "`constant(n)`, `encode` knows `one_hot` and `ordinal`.",
        _data(_CSV, "scale x: standart"),
        _data(_CSV, "scale x: standard"),
    ),
    "NN0414": Entry(
        "the run has no figure `{name}`",
        "What can be watched is `loss`, the metrics that are listed, and each of them on the validation part, as `val_loss`.",
        _train("early_stop accuracy, patience = 5"),
        _train("metrics accuracy", "early_stop accuracy, patience = 5"),
    ),
    "NN0415": Entry(
        "`{name}` needs a validation part",
        "Figures that begin with `val_` are those of the validation part, which `split` sets apart.",
        _data(_CSV, "split train 80%, test 20%") + _train("early_stop val_loss").removeprefix(_MODEL),
        _data(_CSV, "split train 80%, validation 20%") + _train("early_stop val_loss").removeprefix(_MODEL),
    ),
    "NN0416": Entry(
        "the model has several outputs, {outputs}",
        "A loss or a metric without arguments is meant for the one output. Where there are several, it is written out "
        "for each, and losses are added up.",
        "model m {\n    input x[4]\n    output a = x -> dense(3)\n    output b = x -> dense(1)\n}\n"
        "train {\n    loss mse\n    optimizer adam\n}\n",
        "model m {\n    input x[4]\n    output a = x -> dense(3)\n    output b = x -> dense(1)\n}\n"
        "train {\n    loss mse(target.a, a) + 0.5 * mse(target.b, b)\n    optimizer adam\n}\n",
    ),
    "NN0418": Entry(
        "two metrics are called `{name}`",
        "",
        _train("metrics mae, mae"),
        _train("metrics mae, mse"),
    ),
    "NN0419": Entry(
        "a `{word}` block without a model does nothing",
        "",
        "train { loss mse;  optimizer adam }\n",
        _train(),
    ),
    "NN0420": Entry(
        "the split leaves nothing to train on",
        "What `validation` and `test` do not take is for training, unless `train` says less.",
        _data(_CSV, "split validation 50%, test 50%"),
        _data(_CSV, "split validation 20%, test 20%"),
    ),
    "NN0421": Entry(
        "settings are given by name here",
        "In `loss` and `metrics`, what stands without a name is a target or an output.",
        "loss tilted(y, p, tau = 0.5) = mean(max(tau * (y - p), (tau - 1) * (y - p)))\n" + _MODEL +
        "train { loss tilted(0.9);  optimizer adam }\n",
        "loss tilted(y, p, tau = 0.5) = mean(max(tau * (y - p), (tau - 1) * (y - p)))\n" + _MODEL +
        "train { loss tilted(tau = 0.9);  optimizer adam }\n",
    ),
}
