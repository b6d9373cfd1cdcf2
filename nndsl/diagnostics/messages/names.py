"""01: names and kinds."""

from nndsl.diagnostics.entry import Entry

ROWS: dict[str, Entry] = {
    "NN0103": Entry("the {kind} `{name}` is defined twice"),
    "NN0104": Entry("`{name}` is a standard {kind}"),
    "NN0105": Entry("there is no {kind} `{name}` to override"),
    "NN0109": Entry("there is no file `{path}`"),
    "NN0110": Entry("`{path}` lies outside the folder {folder}"),
    "NN0111": Entry("`{path}` imports the file that imports it"),
    "NN0112": Entry("`{path}` cannot be read: {reason}"),
    "NN0121": Entry("there is no model `{name}` to train"),
    "NN0122": Entry("a file has one `{word}` block"),
    "NN0124": Entry("{file} has no hyperparameter `{name}`"),
    "NN0125": Entry("`{text}` is no value for `{name}`"),
}
