"""02: shapes and indices, found while a model is built."""

from nndsl.diagnostics.entry import Entry


def _layer(body: str, use: str = "f", inputs: str = "x[4]") -> str:
    """A layer with this body, and a model that applies it."""
    return f"layer f() {{\n    {body}\n}}\nmodel m {{\n    input {inputs}\n    output p = x -> {use}\n}}\n"


def _model(body: str, inputs: str = "x[4]") -> str:
    """A model with this body."""
    return f"model m {{\n    input {inputs}\n    {body}\n}}\n"


def _trained(line: str, definition: str = "") -> str:
    """A model with this line in `train`."""
    return f"{definition}model m {{\n    input x[4]\n    output p = x -> dense(3)\n}}\ntrain {{\n    {line}\n}}\n"


ROWS: dict[str, Entry] = {
    "NN0201": Entry(
        "the index `{name}` runs to {first} and to {second}",
        "Where an index stands alone on an axis, it runs over that axis; on two axes it stands alone on both only if they "
        "are equally long. `i < extent` says how far it runs where it need not reach the end.",
        _layer("input x[A]\n    param w[3] = zeros\n    output y[i] = x[i] * w[i]"),
        _layer("input x[A]\n    param w[A] = zeros\n    output y[i] = x[i] * w[i]"),
    ),
    "NN0202": Entry(
        "shapes differ: {first} and {second}",
        "Values without indices combine entry by entry: their shapes are equal, or one of them is a number.",
        _model("output p = x + y", "x[4], y[5]"),
        _model("output p = x + y", "x[4], y[4]"),
    ),
    "NN0203": Entry(
        "`{name}` expects {expected} inputs but gets {found}",
        "A size in a signature is bound by the first value it meets; a layer that a `let` shares keeps the sizes of its "
        "first use.",
        _layer("input x[128]\n    output sum(x)", "dense(64) -> f"),
        _layer("input x[K]\n    output sum(x)", "dense(64) -> f"),
    ),
    "NN0204": Entry(
        "a tensor with {axes} cannot have {indices}",
        "An entry takes one index an axis, the batch not counted; `...` stands for the axes that are not named.",
        _model("output p[i, j] = x[i, j]"),
        _model("output p[i] = x[i]"),
    ),
    "NN0205": Entry(
        "the index leaves its axis, which has {extent} entries",
        "An index may leave its axis only where `else` says what stands there: `(x[i + 1] else 0)`. An index read from a "
        "tensor is known to stay inside if its input says so: `input word[T]: int < vocabulary`.",
        _model("output p[i < 4] = x[i + 1]"),
        _model("output p[i < 3] = x[i + 1]"),
    ),
    "NN0206": Entry(
        "{found} cannot stand where {expected} is expected",
        "What an expression gives must be of the kind that its place asks for.",
        _model("output p = x -> dense(2.5)"),
        _model("output p = x -> dense(2)"),
    ),
    "NN0207": Entry(
        "this must be known when the model is built",
        "Sizes, extents, `if` and `require` are decided when a model is built, from settings, sizes and `let`s. `where` "
        "decides entry by entry.",
    ),
    "NN0208": Entry(
        "an axis cannot have {size} entries",
        "Every axis has at least one entry.",
        _model("output p = x -> dense(-3)"),
        _model("output p = x -> dense(3)"),
    ),
    "NN0209": Entry(
        "`{name}` is not known here",
        "A name that only one branch of an `if` defines exists only where that branch is taken.",
        _layer("input x[A]\n    if A > 9 { h = 2 * x }\n    output h + 1"),
        _layer("input x[A]\n    if A > 9 { h = 2 * x } else { h = x }\n    output h + 1"),
    ),
    "NN0210": Entry(
        "nothing says how far the index `{name}` runs",
        "The range of an index comes from where it stands alone on an axis, or from `i < extent` on the left side or in a "
        "reduction.",
        _model("output p[i] = x[i + 1]"),
        _model("output p[i < 3] = x[i + 1]"),
    ),
    "NN0211": Entry(
        "this cannot stand for an index here",
        "A left side, and the brackets of a reduction, introduce indices: names, groups of names, `...`.",
    ),
    "NN0212": Entry(
        "the index `{name}` stands neither on the left side nor in a reduction",
        "The indices of the left side are kept, a reduction names its own; no other index has a meaning. Only an output may "
        "do without a left side.",
    ),
    "NN0213": Entry(
        "`{name}` has a meaning already and cannot be an index",
        "A name that is a setting, a size, a `let` or a tensor means that value between brackets too.",
    ),
    "NN0214": Entry(
        "`...` stands for different axes in one formula",
        "Throughout one formula `...` stands for the same axes.",
        _layer("input x[...]\n    param w[3] = zeros\n    output y[...] = x[...] * w[...]"),
        _layer("input x[...]\n    param w[...] = zeros\n    output y[...] = x[...] * w[...]"),
    ),
    "NN0215": Entry(
        "an axis of {extent} entries cannot be split into {product}",
        "`(g, k)` is one axis split row-major: the product of the extents is that of the axis.",
        _model("output p[g < 3, k] = x[(g, k)]"),
        _model("output p[g < 2, k] = x[(g, k)]"),
    ),
    "NN0216": Entry(
        "there is no axis {axis} among {rank}",
        "Axes are counted as in Keras: the batch is axis 0, negative numbers count from the end.",
        _model("output p = softmax(x, axis = 2)"),
        _model("output p = softmax(x, axis = 1)"),
    ),
    "NN0217": Entry(
        "`else` follows an entry, as in `(x[t - 1] else 0)`",
        "`else` says what stands where an index leaves its axis, so it follows index brackets.",
        _model("output p[i] = (x[i] + 1 else 0)"),
        _model("output p[i] = x[i] + 1"),
    ),
    "NN0218": Entry(
        "an index must be a whole number",
        "An index is made of indices, sizes and whole numbers with `+ - * // mod`, or read from an input declared `: int`.",
        _model("output p[i] = x[w[i]]", "x[4], w[2]"),
        _model("output p[i] = x[w[i]]", "x[4], w[2]: int < 4"),
    ),
    "NN0219": Entry(
        "`...` cannot stand first in the index of a list",
        "The first index of a list chooses one of its entries.",
    ),
    "NN0220": Entry(
        "the entries of the list have different shapes",
        "A list that is used as a tensor, or read at a position that is only known when the model runs, has entries of one "
        "shape.",
        _model("output p = [x, y] -> flatten", "x[4], y[5]"),
        _model("output p = [x, y] -> flatten", "x[4], y[4]"),
    ),
    "NN0221": Entry(
        "there is no output `{name}`",
        "A layer's outputs are called as it calls them: `r = x -> lstm(8, return_state = true)`, then `r.state_h`.",
    ),
    "NN0222": Entry(
        "this has no value",
        "Arithmetic on settings and sizes is done when the model is built. A division by zero, the logarithm of a negative "
        "number, or a number beyond all limits have no result.",
        "let n = 9^9^9\n" + _model("output p = x -> dense(n)"),
        "let n = 9^2\n" + _model("output p = x -> dense(n)"),
    ),
    "NN0223": Entry("`{name}` takes {arity} arguments, not {given}"),
    "NN0224": Entry(
        "nothing says which axes `...` stands for",
        "`...` stands for the axes of a tensor that is read with `...` in the same formula, or for those of the input.",
    ),
    "NN0225": Entry(
        "a prediction cannot depend on the other samples of its batch",
        "A reduction over `batch` in a layer stands in `if training { }`; the other branch says what predictions use "
        "instead, usually a `state` that training keeps up to date.",
        _layer("input x[A]\n    output y[a] = x[a] - mean[batch](x[a])"),
        _layer("input x[A]\n    if training { output y[a] = x[a] - mean[batch](x[a]) } else { output x }"),
    ),
    "NN0226": Entry(
        "`d` differentiates a number that depends on the inputs",
        "`d(u, x[i])` asks how a number of each sample, or an entry of a tensor, changes with an entry of an input.",
        _model("u[i] = x[i]^2\n    output p = d(u, x[0])"),
        _model("u[i] = x[i]^2\n    output p[i] = d(u[i], x[0])"),
    ),
    "NN0227": Entry(
        "`d` differentiates by an entry of an input",
        "From the second on, the arguments of `d` are entries of the model's inputs, as `x[i]`.",
        _model("u = sum(x^2)\n    output p = d(u, x)"),
        _model("u = sum(x^2)\n    output p[i] = d(u, x[i])"),
    ),
    "NN0228": Entry(
        "the right side has axes {shape} that the left side does not name",
        "Where the left side has index brackets, every axis of the right side is named by an index, too.",
        _model("output p[i] = x[i] * y", "x[4], y[3]"),
        _model("output p[i, j] = x[i] * y[j]", "x[4], y[3]"),
    ),
    "NN0229": Entry(
        "`{name}` would have {entries} entries, more than {limit}",
        "A tensor of that size would fill the memory.",
        _model("output p = x -> dense(4000000)", "x[400000]"),
        _model("output p = x -> dense(40)", "x[400000]"),
    ),
    "NN0230": Entry("the model has more than {limit} equations"),
    "NN0231": Entry(
        "`{name}` is defined by itself",
        "Only a tensor with indices may refer to its own entries, at earlier values of one of them.",
    ),
    "NN0232": Entry(
        "`{name}` must have {axes}, but its shape is {shape}",
        "A signature with brackets names the axes of what it takes, the batch not counted; `...` stands for any number of "
        "axes.",
        _layer("input x[A, B]\n    output sum(x)"),
        _layer("input x[A]\n    output sum(x)"),
    ),
    "NN0233": Entry(
        "`{function}` looks at whole axes, but the index `{name}` belongs to a reduction around it",
        "A function whose signature has brackets sees a tensor over the indices of the left side. Over an index that a "
        "reduction binds there is no such tensor: name the tensor, or write the reduction that is meant, as "
        "`softmax[j](...)`.",
        _model("output p[i] = sum[j](softmax(x[i, j]))", "x[4, 3]"),
        _model("s = softmax(x)\n    output p[i] = sum[j](s[i, j])", "x[4, 3]"),
    ),
    "NN0234": Entry(
        "`{name}` gives another shape than it is given, so no index fits its result",
        "A function applied to entries must give as many axes as it takes. Apply it to the whole tensor, and index its result.",
    ),
    "NN0235": Entry("`{name}` gives nothing", "In the branches of `if` that are taken, there is no `output`."),
    "NN0236": Entry("too many definitions are applied inside each other, the last one `{name}`"),
    "NN0237": Entry("a {kind} is applied with `->`", "Layers are applied as `x -> f`; functions are called as `f(x)`."),
    "NN0238": Entry(
        "two layers are called `{name}`",
        "An instance is called by `name =`, by its `let`, by the left side, or by its definition and a number. Its "
        "parameters are kept under that name, so it has to be its own.",
        _model('output p = x -> dense(4, name = "a") -> dense(4, name = "a")'),
        _model('output p = x -> dense(4, name = "a") -> dense(4, name = "b")'),
    ),
    "NN0239": Entry("`<-` sets a state", "What stands left of `<-` is a `state`; in an optimizer also `w`."),
    "NN0240": Entry(
        "what is kept from step to step cannot differ from sample to sample",
        "Parameters and states have no batch axis. Reduce over it first: `mean[batch](x[c])`.",
        _layer("input x[A]\n    state s[A] = zeros\n    s <- x\n    output x + s"),
        _layer("input x[A]\n    state s[A] = zeros\n    s[a] <- mean[batch](x[a])\n    output x + s"),
    ),
    "NN0241": Entry(
        "`{name}` takes whole numbers",
        "An input declared `: int` is given whole numbers.",
        _layer("input word[T]: int < 9\n    param E[9, 2] = zeros\n    output y[t, d] = E[word[t], d]"),
        _layer("input word[T]: int < 9\n    param E[9, 2] = zeros\n    output y[t, d] = E[word[t], d]", inputs="x[4]: int < 9"),
    ),
    "NN0242": Entry("two outputs are called `{name}`"),
    "NN0243": Entry("the model `{name}` gives nothing"),
    "NN0244": Entry(
        "a model's inputs are named one by one",
        "`inputs x[N, ...]` takes any number of values in a layer; what goes into a model is known beforehand.",
        "model m {\n    inputs x[4]\n    output p = x -> dense(1)\n}\n",
        _model("output p = x -> dense(1)"),
    ),
    "NN0245": Entry(
        "{found} cannot take the shape {wanted}",
        "Another shape has as many entries; one -1 in it is worked out.",
        _model("output p = x -> reshape([3, 2])"),
        _model("output p = x -> reshape([2, 2])"),
    ),
    "NN0246": Entry(
        "{order} is no order of {rank} axes",
        "`permute` lists every axis once, counted from 1.",
        _model("output p = x -> permute([1, 1])", "x[4, 3]"),
        _model("output p = x -> permute([2, 1])", "x[4, 3]"),
    ),
    "NN0247": Entry(
        "tensors of shapes {first} and {second} cannot be joined along axis {axis}",
        "Tensors that are joined differ only along the axis of the join.",
        _model("output p = (x, y) -> concat", "x[4], y[2, 3]"),
        _model("output p = (x, y) -> concat", "x[4], y[6]"),
    ),
    "NN0248": Entry("a metric with totals stands in `metrics`, not in another formula"),
    "NN0249": Entry("the formulas of `{name}` stand too deep inside each other"),
    "NN0250": Entry(
        "the model `{name}` would take {size} of memory, more than {limit}",
        "Parameters, their gradients, states, and the tensors of one batch are added up.",
        _model("output p = x -> repeat(200, dense(10000))", "x[10000]"),
        _model("output p = x -> repeat(2, dense(10000))", "x[10000]"),
    ),
    "NN0251": Entry(
        "nothing says how large `{name}` is",
        "The sizes of what goes into a model are numbers, so that all other shapes follow from them.",
        _model("output p = x -> dense(1)", "x[width]"),
        "let width = 4\n" + _model("output p = x -> dense(1)", "x[width]"),
    ),
    "NN0252": Entry(
        "`orthonormal()` fills parameters of two axes or more",
        "It stands in an initializer, or right of a `param`; its last axis makes the columns.",
        _model("param kernel[4] = orthonormal()\n    output p = sum[i](x[i] * kernel[i])", "x[4]"),
        _model("param kernel[4, 2] = orthonormal()\n    output p[u] = sum[i](x[i] * kernel[i, u])", "x[4]"),
    ),
    "NN0253": Entry(
        "`{name}` refers to its own entries, but along no axis",
        "In a recurrence every equation reads entries a fixed number of places earlier, or later, along one axis that all of "
        "them have: `h[t - 1]`, `y[t - 2]`.",
        _layer("input x[T]\n    output h[t] = x[t] + sum(h)"),
        _layer("input x[T]\n    output h[t] = x[t] + (h[t - 1] else 0)"),
    ),
    "NN0254": Entry(
        "`{name}` needs its own value",
        "An entry may depend on earlier entries, not on itself, nor on others that depend on it.",
        _layer("input x[T]\n    output h[t] = x[t] + h[t] / 2"),
        _layer("input x[T]\n    output h[t] = x[t] + (h[t - 1] else 0) / 2"),
    ),
    "NN0255": Entry(
        "`{first}` runs to {extent} and `{second}`, which it depends on and which depends on it, to {other}",
        "The tensors of a recurrence run along an axis of one extent.",
        _layer("input x[T]\n    c[t < T - 1] = x[t] * (h[t - 1] else 0)\n    output h[t < T] = x[t] + (c[t - 1] else 0)"),
        _layer("input x[T]\n    c[t] = x[t] * (h[t - 1] else 0)\n    output h[t] = x[t] + (c[t - 1] else 0)"),
    ),
    "NN0256": Entry(
        "a recurrence that reads the future: `{name}` is read later here, and earlier elsewhere",
        "A recurrence runs forwards, reading earlier entries, or backwards, reading later ones; not both.",
        _layer("input x[T]\n    output h[t] = x[t] + (h[t - 1] else 0) + (h[t + 1] else 0)"),
        _layer("input x[T]\n    output h[t] = x[t] + (h[t - 1] else 0) + (h[t - 2] else 0)"),
    ),
    "NN0257": Entry(
        "nothing says how large `{name}`, an axis of the target, is",
        "The shape of a target follows from that of the output; a size that only the target has is given like a setting.",
        _model("output p = x -> dense(5)\n}\ntrain {\n    loss ctc", "x[9, 4]"),
        _model("output p = x -> dense(5)\n}\ntrain {\n    loss ctc(L = 3)", "x[9, 4]"),
    ),
    "NN0260": Entry(
        "`d` differentiates by an input that the number does not depend on",
        "Such a derivative is 0 whatever the data; probably another number or another input is meant.",
        _model("u = sum(x^2)\n    output p = d(u, t) + u", "x[4], t"),
        _model("u = t * sum(x^2)\n    output p = d(u, t) + u", "x[4], t"),
    ),
    "NN0261": Entry(
        "`{name}` is made of derivatives of its own entries",
        "What a recurrence carries from step to step may be differentiated after it, not within: each step would take "
        "derivatives of one order more.",
        _model("h[t] = x[t]^2 + d((h[t - 1] else 0), x[0])\n    output p[t] = h[t]"),
        _model("h[t] = x[t]^2 * (h[t - 1] else 1)\n    output p[t] = d(h[t], x[0])"),
    ),
    "NN0258": Entry(
        "`{term}` in this equation {reason}",
        "An equation such as `ab,bc->ac` has a term for each operand and one for the result, and a letter for each axis. "
        "A letter more than a sample has axes stands for the batch, in front.",
        _model("output p = x -> einsum_dense(\"abc,cd->abe\", [3, 2])", "x[3, 4]"),
        _model("output p = x -> einsum_dense(\"abc,cd->abd\", [3, 2])", "x[3, 4]"),
    ),
}
