"""00: files, their text and its spelling."""

from __future__ import annotations

from nndsl.diagnostics.entry import Entry

ROWS: dict[str, Entry] = {
    "NN0001": Entry(
        "{found} cannot stand here",
        "The text up to this place is understood, but not what comes next. The label says what could stand there instead.",
        "let n = max(1 2)\n",
        "let n = max(1, 2)\n",
    ),
    "NN0002": Entry(
        "this `{bracket}` is never closed",
        "Every bracket needs its `{closing}`. Where it is missing is guessed from the lines that follow, so the place where it "
        "belongs may be further up.",
        "model m {\n    input x[3]\n    output p = x -> dense(2\n}\n",
        "model m {\n    input x[3]\n    output p = x -> dense(2)\n}\n",
    ),
    "NN0003": Entry(
        "this `{bracket}` closes nothing",
        "There is one closing bracket too many, or the opening one is missing further up.",
        "model m {\n    input x[3]\n    output x\n}\n}\n",
        "model m {\n    input x[3]\n    output x\n}\n",
    ),
    "NN0004": Entry(
        "`{found}` does not close `{opener}`",
        "Brackets close in the reverse order in which they were opened, each with one of its own kind.",
        "let n = max(1, [2, 3)\n",
        "let n = max(1, [2, 3])\n",
    ),
    "NN0005": Entry(
        "this text in quotes does not end on its line",
        'A text stands between two `"` on one line. It may hold everything but a `"` and a line end; a backslash is a '
        "character like any other.",
        'data {\n    source csv("iris.csv)\n}\n',
        'data {\n    source csv("iris.csv")\n}\n',
    ),
    "NN0006": Entry(
        "the file says nothing",
        "There is nothing in it but empty lines and comments. A file needs a definition, a `model`, or a `let` at least.",
        "# later\n",
        "let width = 64\n",
    ),
    "NN0007": Entry(
        "{character} has no meaning in a .nn file",
        "Outside comments and texts in quotes a file is made of names, numbers and the signs of the language.",
        "let cost = 3 $\n",
        "let cost = 3\n",
    ),
    "NN0008": Entry(
        "formulas or blocks stand more than {limit} deep inside each other here",
        "A sum, a product or a pipeline counts one for each of its operators. Give parts of it names of their own; a pipeline "
        "of equal layers is written `repeat(20, dense(100, selu))`.",
        "let n = " + "(" * 101 + "1" + ")" * 101 + "\n",
        "let n = (((1)))\n",
    ),
    "NN0009": Entry(
        "the number `{what}` {why}",
        "A whole number has 18 digits at most, and other numbers are float64s: from about 2.2e-308 to 1.8e308.",
        "let n = 1e999\n",
        "let n = inf\n",
    ),
    "NN0010": Entry(
        "there is no file `{path}`",
        "The path is taken from the folder in which the command runs.",
        "nndsl check digit.nn",
        "nndsl check digits.nn",
    ),
    "NN0011": Entry(
        "`{path}` is no file",
        "It is a folder or something else that holds no text. Name the .nn files themselves.",
        "nndsl check folder",
        "nndsl check digits.nn",
    ),
    "NN0012": Entry(
        "`{path}` is not UTF-8 text",
        "A .nn file is text in UTF-8. An editor that says Latin-1, Windows-1252 or UTF-16 can save it as UTF-8.",
        "nndsl check latin.nn",
        "nndsl check digits.nn",
    ),
    "NN0013": Entry(
        "`{path}` is no text",
        "It holds bytes of value 0, which no text has: an array, an archive or a program perhaps.",
        "nndsl check weights.npy",
        "nndsl check digits.nn",
    ),
    "NN0014": Entry(
        "`{path}` is too large: more than {limit} bytes",
        "A .nn file describes a network; its numbers belong into data files.",
        "nndsl check enormous.nn",
        "nndsl check digits.nn",
    ),
    "NN0015": Entry(
        "`{path}` cannot be read: {reason}",
        "The operating system refused.",
        "nndsl check secret.nn",
        "nndsl check digits.nn",
    ),
    "NN0016": Entry(
        "`{word}` opens no statement",
        "A statement begins with one of the language's words, or it is an equation and begins with the name it defines.",
        "modle m {\n    input x[3]\n    output x\n}\n",
        "model m {\n    input x[3]\n    output x\n}\n",
    ),
    "NN0017": Entry(
        "`{word}` cannot stand {here}",
        "Definitions, `model`, `data`, `train` and `import` stand outside all blocks; `input`, `param`, `output`, equations "
        "and their like stand in the block of a model or a definition.",
        "input x[3]\n",
        "model m {\n    input x[3]\n    output x\n}\n",
    ),
    "NN0018": Entry(
        "only a name, with or without `[...]`, can stand before `{sign}`",
        "An equation says what one tensor is. Its left side is the tensor's name, with indices where the right side uses them.",
        "model m {\n    input x[3]\n    x + y = 3\n    output x\n}\n",
        "model m {\n    input x[3]\n    y = 3 - x\n    output y\n}\n",
    ),
    "NN0019": Entry(
        "`{found}` is not written so",
        "Other languages have this sign; here it is spelt in another way.",
        "function square(x) = x ** 2\n",
        "function square(x) = x^2\n",
    ),
    "NN0020": Entry(
        "`{word}` takes its value without `{sign}`",
        "In the blocks `data` and `train` a line is a word and, after a space, its values.",
        "train {\n    epochs = 20\n}\n",
        "train {\n    epochs 20\n}\n",
    ),
    "NN0021": Entry(
        "`{name}` lacks its brackets",
        "A definition names its settings in round brackets, and has empty ones if it takes none.",
        "layer twice {\n    input x[...]\n    output 2 * x\n}\n",
        "layer twice() {\n    input x[...]\n    output 2 * x\n}\n",
    ),
    "NN0022": Entry(
        "`=` cannot stand here",
        "`=` says what a name is, at most once in a statement; `==` asks whether two values are equal.",
        "function same(a, b) = where(a + 0 = b, 1, 0)\n",
        "function same(a, b) = where(a + 0 == b, 1, 0)\n",
    ),
    "NN0023": Entry(
        "`{found}` begins a second statement on this line",
        "A statement ends at the end of its line or at `;`.",
        "model m { input x[3] output x }\n",
        "model m { input x[3]; output x }\n",
    ),
    "NN0024": Entry(
        "`{found}` is no number",
        "Numbers are written `1`, `0.5`, `1e-4` and `70%`: with digits on both sides of the point, and without letters.",
        "let rate = .5\n",
        "let rate = 0.5\n",
    ),
    "NN0025": Entry(
        "`{word}` follows no definition",
        "`also`, `example`, `stable` and `exact` say something about the definition right above them, or around them.",
        "let n = 3\n    also m\n",
        "activation same(x) = x\n    also identical\n",
    ),
    "NN0026": Entry(
        "`{word}` is a word of the language and names nothing",
        "`and`, `or`, `not`, `if`, `else`, `true`, `false` and `none` have one meaning everywhere. All other words may "
        "be names.",
        "let not = 3\n",
        "let negated = 3\n",
    ),
    "NN0027": Entry(
        "nothing is done with this formula",
        "A formula alone in a block has no effect. It is given a name by `name = formula` and given out by `output formula`.",
        "model m {\n    input x[3]\n    x -> dense(2)\n}\n",
        "model m {\n    input x[3]\n    output x -> dense(2)\n}\n",
    ),
    "NN0028": Entry(
        "`{sign}` lacks its right side",
        "A line that ends in an operator, a comma or `=` goes on in the next one; so what is missing here may be noticed "
        "there.",
        "model m {\n    input x[3]\n    y = x +\n    output p = y\n}\n",
        "model m {\n    input x[3]\n    y = x + 1\n    output p = y\n}\n",
    ),
    "NN0029": Entry(
        "only a name can stand before the `(` of a call",
        "Round brackets right after something give a function its arguments. A product needs its `*`.",
        "function f(x) = 2(x + 1)\n",
        "function f(x) = 2 * (x + 1)\n",
    ),
}
