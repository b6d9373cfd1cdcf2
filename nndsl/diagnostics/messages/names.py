"""01: names and kinds."""

from nndsl.diagnostics.entry import Entry

ROWS: dict[str, Entry] = {
    "NN0101": Entry(
        "nothing is called `{name}` here",
        "A formula may use the settings, sizes, inputs, parameters, equations and `let`s of its own definition, the "
        "indices of its own equation, and the top-level `let`s of its file.",
        "activation soft(x, sharp = 1) = log(1 + exp(shrap * x))\n",
        "activation soft(x, sharp = 1) = log(1 + exp(sharp * x))\n",
    ),
    "NN0102": Entry(
        "there is no {what} `{name}`",
        "A definition can be used if it stands in the same file, in one that the file imports, or in the standard library "
        "(`nndsl list`). Each kind has names of its own.",
        "model m {\n    input x[4]\n    output p = x -> dens(3)\n}\n",
        "model m {\n    input x[4]\n    output p = x -> dense(3)\n}\n",
    ),
    "NN0103": Entry(
        "the {kind} `{name}` is defined twice",
        "A name means one thing. Two definitions may share a name only if they are of different kinds, or if the one "
        "that takes the place of an imported one says `override`.",
        "activation bump(x) = exp(-x^2)\nactivation bump(x) = x * exp(-x^2)\n",
        "activation bump(x) = exp(-x^2)\nactivation odd_bump(x) = x * exp(-x^2)\n",
    ),
    "NN0104": Entry(
        "`{name}` is a standard {kind}",
        "A definition takes the place of a standard one only with `override` before it, so that nobody does so by "
        "accident. What the library itself is made of does not change.",
        "activation relu(x) = where(x > 0, x, 0.01 * x)\n",
        "override activation relu(x) = where(x > 0, x, 0.01 * x)\n",
    ),
    "NN0105": Entry(
        "there is no {kind} `{name}` to override",
        "`override` says that a definition takes the place of a standard or imported one.",
        "override activation reluu(x) = where(x > 0, x, 0.01 * x)\n",
        "override activation relu(x) = where(x > 0, x, 0.01 * x)\n",
    ),
    "NN0106": Entry(
        "`{name}` is {what}",
        "Some names have a meaning of their own: `pi`, `inf`, `batch`, `training` and the functions of the language "
        "everywhere, `w`, `g` and `t` in optimizers, `step` in schedules.",
        "optimizer plain(rate = 0.1) {\n    state t = 0\n    t <- t + 1\n    w <- w - rate * g / t\n}\n",
        "optimizer plain(rate = 0.1) { w <- w - rate * g / t }\n",
    ),
    "NN0107": Entry(
        "`{name}` is defined twice",
        "Within a definition a name is given once: to a setting, a size, an input, a parameter, a `let` or an "
        "equation. Only branches of one `if`, of which one is taken, may both give it.",
        "model m {\n    input x[4]\n    h = x -> dense(8)\n    h = x -> dense(16)\n    output p = h -> dense(1)\n}\n",
        "model m {\n    input x[4]\n    h = x -> dense(8)\n    k = x -> dense(16)\n"
        "    output p = (h, k) -> concat -> dense(1)\n}\n",
    ),
    "NN0108": Entry(
        "`{name}` is defined by itself",
        "Equations hold at once, in any order, so `x = x -> f` would say that x equals f of itself. Only earlier "
        "entries along an axis may be read, as in `h[t] = (h[t - 1] else 0) + x[t]`.",
        "model m {\n    input x[4]\n    x = x -> dense(8)\n    output p = x -> dense(1)\n}\n",
        "model m {\n    input x[4]\n    h = x -> dense(8)\n    output p = h -> dense(1)\n}\n",
    ),
    "NN0109": Entry(
        "there is no file `{path}`",
        "The path of an `import` is relative to the file that it stands in.",
        'import "blocks.nn"\n',
        "layer twice(f) {\n    input x[...]\n    output x -> f -> f\n}\n",
    ),
    "NN0110": Entry(
        "`{path}` lies outside the folder of the file that is run",
        "A file may import those in its own folder and below, so that one from elsewhere cannot read what it should not.",
        'import "../blocks.nn"\n',
        "layer twice(f) {\n    input x[...]\n    output x -> f -> f\n}\n",
    ),
    "NN0111": Entry(
        "`{path}` imports the file that imports it",
        "Imports must not lead in a circle. Put what both files need into a third.",
        'import "example.nn"\n',
        "layer twice(f) {\n    input x[...]\n    output x -> f -> f\n}\n",
    ),
    "NN0112": Entry(
        "imports lead more than {deepest} files deep",
        "A file may import files that import others, but not without end.",
    ),
    "NN0113": Entry(
        "`{name}` is {found}, where {expected} is expected",
        "What an argument may be is decided by how the definition uses it: `activation` of `dense` is applied to "
        "numbers, so it is a function; `units` is a size, so it is a number.",
        "model m {\n    input x[4]\n    output p = x -> dense(3, adam)\n}\n",
        "model m {\n    input x[4]\n    output p = x -> dense(3, tanh)\n}\n",
    ),
    "NN0114": Entry(
        "{word} does not belong in {kind}",
        "Each kind of definition has its own statements: `state` and `<-` in layers and optimizers, `total` in "
        "metrics, `count` in losses, `use` and `final` in optimizers, `input` and `param` in layers and models.",
        "activation counting(x) {\n    state n = 0\n    output x + n\n}\n",
        "layer counting() {\n    input x[...]\n    state n = 0\n    if training { n <- n + 1 }\n    output x + n\n}\n",
    ),
    "NN0115": Entry(
        "the {kind} `{name}` has {what}",
        "A definition must give something: an optimizer new weights, all others an `output`.",
        "layer quiet() {\n    input x[...]\n    y = 2 * x\n}\n",
        "layer twofold() {\n    input x[...]\n    output 2 * x\n}\n",
    ),
    "NN0116": Entry(
        "the {kind} `{name}` has no input",
        "Layers and models are applied to values, which their `input` lines name.",
        "layer constant_bias(units) {\n    param bias[units] = zeros\n    output bias\n}\n",
        "layer add_bias() {\n    input x[C]\n    param bias[C] = zeros\n    output x + bias\n}\n",
    ),
    "NN0117": Entry(
        "`{name}` cannot be set with `<-`: it is {what}",
        "`<-` gives the next value of a `state`, and in an optimizer the new weight `w`. All else is defined with `=`.",
        "optimizer careful(rate = 0.1) {\n    g <- clip(g, -1, 1)\n    w <- w - rate * g\n}\n",
        "optimizer careful(rate = 0.1) {\n    cut = clip(g, -1, 1)\n    w <- w - rate * cut\n}\n",
    ),
    "NN0118": Entry(
        "the index `{name}` has a name that is already taken",
        "A name between index brackets that means a setting, a size, a `let` or a tensor stands for its value. An "
        "index needs a name that means nothing else, and inside a reduction one that the formula around it does not "
        "use.",
        "layer mix(units) {\n    input x[In]\n    param kernel[In, units] = glorot_uniform\n"
        "    output y[units] = sum[i](x[i] * kernel[i, units])\n}\n",
        "layer mix(units) {\n    input x[In]\n    param kernel[In, units] = glorot_uniform\n"
        "    output y[u] = sum[i](x[i] * kernel[i, u])\n}\n",
    ),
    "NN0119": Entry(
        "the {what} `{name}` of {where} is not used",
        "Every word of a file affects the run or is an error, since one that does nothing is most likely a mistake.",
        "layer scaled(factor, offset = 0) {\n    input x[...]\n    output factor * x\n}\n",
        "layer scaled(factor, offset = 0) {\n    input x[...]\n    output factor * x + offset\n}\n",
    ),
    "NN0121": Entry(
        "there is no model `{name}` to train",
        "`train name { }` names one of the file's models; without a name the last one is trained.",
        "model m {\n    input x[4]\n    output p = x -> dense(3)\n}\ntrain mm {\n    loss mse\n    optimizer adam\n}\n",
        "model m {\n    input x[4]\n    output p = x -> dense(3)\n}\ntrain m {\n    loss mse\n    optimizer adam\n}\n",
    ),
    "NN0122": Entry(
        "a file has one `{word}` block",
        "A file describes one run: one `data` block and one `train` block at most.",
        'data { source csv("a.csv") }\ndata { source csv("b.csv") }\nmodel m {\n    input x[4]\n'
        '    output p = x -> dense(3)\n}\n',
        'data { source csv("a.csv") }\nmodel m {\n    input x[4]\n    output p = x -> dense(3)\n}\n',
    ),
    "NN0123": Entry(
        "the {kind} `{name}` is defined by itself",
        "Definitions are put into each other, so none may contain itself, directly or through others.",
        "activation up(x) = 1 + down(x)\nactivation down(x) = up(x) - 1\n",
        "activation up(x) = 1 + down(x)\nactivation down(x) = x - 1\n",
    ),
    "NN0124": Entry(
        "{file} has no hyperparameter `{name}`",
        "`--set name=value` gives a new value to a `let` at the top of the file that is run.",
    ),
    "NN0125": Entry(
        "`{text}` is no value for `{name}`",
        "`--set name=value` takes what could stand after `let name =`: a number, a text in quotes, `true`, `false`, "
        "`none`, a list, or the name of a definition.",
    ),
    "NN0128": Entry(
        "`{name}` is not known when the model is built, where {what} is decided",
        "Sizes, `let`, `if`, `require` and the settings of layers are decided once, when the model is built. Values "
        "that are computed from the data come later; `where(condition, a, b)` decides for each of them.",
        "activation kink(x) {\n    if x > 0 { output x } else { output 0 }\n}\n",
        "activation kink(x) = where(x > 0, x, 0)\n",
    ),
    "NN0129": Entry(
        "the index `{name}` comes from nowhere",
        "An index stands on the left side of its equation, or in the brackets of a reduction around it. Only an "
        "`output` without a left side keeps the indices that its formula leaves open.",
        "layer scale() {\n    input x[T, C]\n    param gain[C] = ones\n    y[t, c] = x[t, c] * gain[k]\n    output y\n}\n",
        "layer scale() {\n    input x[T, C]\n    param gain[C] = ones\n    y[t, c] = x[t, c] * gain[c]\n    output y\n}\n",
    ),
    "NN0130": Entry(
        "the model has no output `{name}`",
        "`target.name` is what the output `name` is compared with.",
        "model m {\n    input x[4]\n    output p = x -> dense(3)\n}\ntrain {\n    loss mse(target.y, p)\n"
        "    optimizer adam\n}\n",
        "model m {\n    input x[4]\n    output p = x -> dense(3)\n}\ntrain {\n    loss mse(target.p, p)\n"
        "    optimizer adam\n}\n",
    ),
    "NN0131": Entry(
        "`{name}` does not reduce over indices",
        "Index brackets before the parentheses belong to reductions: `sum[i](...)`.",
        "layer total() {\n    input x[C]\n    output summ[c](x[c])\n}\n",
        "layer total() {\n    input x[C]\n    output sum[c](x[c])\n}\n",
    ),
    "NN0132": Entry(
        "only a new index may stand here",
        "The left side of an equation names the indices that the right side may use. Where entries are to be moved, "
        "the right side reads other ones.",
        "layer shift() {\n    input x[T]\n    output y[t + 1] = x[t]\n}\n",
        "layer shift() {\n    input x[T]\n    output y[t] = (x[t - 1] else 0)\n}\n",
    ),
    "NN0133": Entry(
        "`{name}` is no kind of value",
        "After a colon stands what the values are: `int`, `bool` or `real`.",
        "layer lookup(words) {\n    input word[T]: integer < words\n    param table[words, 8] = glorot_uniform\n"
        "    output y[t, d] = table[word[t], d]\n}\n",
        "layer lookup(words) {\n    input word[T]: int < words\n    param table[words, 8] = glorot_uniform\n"
        "    output y[t, d] = table[word[t], d]\n}\n",
    ),
}
