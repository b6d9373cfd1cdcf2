"""05: the data."""

from nndsl.diagnostics.entry import Entry

_FOLDER = ("A model file may only read data beside it or below it, unless another folder is allowed when it is run, so that a "
           "file from elsewhere cannot read what it should not.")
_GAPS = "`impute` fills gaps with a figure of the training part; without it every value must be there."
_WHOLE = "A class, a word or whatever else is declared `int` is a whole number, counted from 0."


def _iris(*lines: str, inputs: int = 4, loss: str = "sparse_categorical_crossentropy", train: str = "") -> str:
    """A model of irises, with further lines in its `data` block."""
    data = "".join(f"    {line}\n" for line in ('source sklearn("iris")', *lines))
    return (f"data {{\n{data}}}\nmodel m {{\n    input x[{inputs}]\n    output p = x -> dense(3, softmax)\n}}\n"
            f"train {{\n    loss {loss}\n    optimizer adam\n{train}}}\n")


def _set(name: str) -> str:
    return _iris().replace('"iris"', f'"{name}"')


ROWS: dict[str, Entry] = {
    "NN0501": Entry("there is no file `{path}`", "Paths in a `data` block are relative to the file they stand in.",
                    _iris().replace('sklearn("iris")', 'csv("irises.csv")'), _iris()),
    "NN0502": Entry("`{path}` lies outside the model's folder", _FOLDER,
                    _iris().replace('sklearn("iris")', 'csv("../iris.csv")'), _iris()),
    "NN0503": Entry("scikit-learn brings no data set `{name}`",
                    "Only data sets that come with scikit-learn itself can be named; nothing is fetched from a network.",
                    _set("iri"), _set("iris")),
    "NN0504": Entry("`{path}` cannot be read: {reason}",
                    "The file is not what its name, or the kind of its source, says. Tables are text in UTF-8; arrays hold "
                    "numbers or text, never Python objects, which could run code."),
    "NN0505": Entry("line {line} has {found} fields where the header has {expected}",
                    "Each line of a table has one field a column. A comma inside a text must stand between quotes."),
    "NN0506": Entry("{title} has no column `{name}`",
                    "A column whose own name the language cannot write is called with `_` for what stands between its letters "
                    "and digits: `sepal length (cm)` is `sepal_length_cm`.",
                    _iris("input x = columns(petal_widht_cm, petal_length_cm)", inputs=2),
                    _iris("input x = columns(petal_width_cm, petal_length_cm)", inputs=2)),
    "NN0507": Entry("nothing says which data make the {role} `{port}`",
                    "Columns or arrays with a port's own name are taken by themselves; a data set of scikit-learn has one "
                    "input and one target; the rest is said by `input x = columns(a, b)` and `target y = c`.",
                    _iris().replace("x[4]", "x[2], v[2]").replace("x -> dense", "(x, v) -> concat -> dense"), _iris()),
    "NN0508": Entry("the {role} `{port}` wants {expected} a sample, the data give {found}",
                    "Axes of size 1 come and go, and a flat row fills any shape in order; all else must agree.",
                    _iris(inputs=5), _iris()),
    "NN0509": Entry("`{column}` holds text where numbers are wanted",
                    "`encode` turns text into numbers: `one_hot` into one column a word, `ordinal` into the word's number."),
    "NN0510": Entry("`{column}` has no value (NaN) in {where}", _GAPS),
    "NN0511": Entry("`{column}` is {value} in {where}", "A number that is not finite would spoil every weight it touches."),
    "NN0512": Entry("the {role} `{port}` wants whole numbers, but `{column}` is {value} in {where}", _WHOLE),
    "NN0513": Entry("the {role} `{port}` wants whole numbers from 0 to {largest}, but `{column}` is {value} in {where}", _WHOLE,
                    _iris().replace("dense(3, softmax)", "dense(2, softmax)"), _iris()),
    "NN0514": Entry("two columns are called `{name}`", "A name must say which column is meant: rename one in the header."),
    "NN0515": Entry("{title} holds no samples", "The file is empty, or has a header and no lines under it."),
    "NN0516": Entry("the {part} part of the split is empty: {share:.4g} of {samples} samples",
                    "Shares are rounded to whole samples. A part that is asked for must get one at least.",
                    _iris("split train 99.9%, test 0.1%"), _iris("split train 80%, test 20%")),
    "NN0517": Entry("the split cannot be stratified: {reason}",
                    "`stratify` gives every part the same share of each class, so the one target must name classes, each with "
                    "two samples at least.",
                    _iris("split test 20%, stratify", inputs=10).replace('"iris"', '"diabetes"'),
                    _iris("split test 20%, stratify")),
    "NN0518": Entry("`{column}` is {value} in {where}, which the training part never is",
                    "What `encode` knows, it has learnt from the training part. `stratify` puts some of every class there."),
    "NN0519": Entry("`{name}` is neither a port nor a column that one is made of",
                    "`impute`, `encode` and `scale` name an input, a target, or a column that enters one.",
                    _iris("scale z: standard"), _iris("scale x: standard")),
    "NN0520": Entry("`{column}` cannot be {done} by `{method}`: {reason}",
                    "Text has neither mean nor median; a constant must be of the column's own kind."),
    "NN0521": Entry("class weights cannot be applied: {reason}",
                    "`class_weight` names classes of the one target, by number or, where `encode` numbered words, by word.",
                    _iris(train="    class_weight 7: 2\n"), _iris(train="    class_weight 2: 2\n")),
    "NN0522": Entry("{what} takes {package}, which is not installed",
                    "Parquet files and event files need a package that nndsl does not bring along by itself."),
    "NN0523": Entry("`{one}` has {first} samples, `{other}` has {second}",
                    "All arrays have the samples along their first axis, and as many of them."),
    "NN0524": Entry("there is no source `{kind}`", "The sources are sklearn, csv, parquet, npz, npy and idx."),
    "NN0525": Entry("`{path}` is too large: {size} where {limit} are allowed",
                    "What a file may make nndsl read is limited, so that a small one cannot fill the memory."),
    "NN0526": Entry("the model has no {role} `{name}`",
                    "Targets are called as the model's outputs are; the target of a single output may be `y`."),
    "NN0527": Entry("`{name}` is {done} twice", "Each column is filled, encoded and scaled once at most, in this order.",
                    _iris("scale x: standard", "scale petal_width_cm: minmax"), _iris("scale x: standard")),
    "NN0528": Entry("{kind} takes {expected}, not {found}", "The brackets of a source say which files to read."),
    "NN0529": Entry("the weight of a sample must not be negative: `{column}` is {value} in {where}",
                    "A sample with a negative weight would be unlearnt."),
    "NN0530": Entry("`{column}` is {value} in {where}, too large for {precision}",
                    "float32 ends at 3.4e38: scale the column, or train with `precision float64`."),
    "NN0531": Entry("the {role} `{port}` is said twice", "One line says what makes an input or a target."),
}
