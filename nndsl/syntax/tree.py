"""The syntax tree: one frozen dataclass a rule of the grammar, each with its span."""

from __future__ import annotations

from dataclasses import dataclass, field

from nndsl.diagnostics import NOWHERE, Span


@dataclass(frozen=True, kw_only=True)
class Node:
    """Something that stands in a file. Two nodes are equal when they say the same, wherever they stand."""

    span: Span = field(default=NOWHERE, compare=False, repr=False)


# ---------------------------------------------------------------------------------------------------- expressions


@dataclass(frozen=True)
class Name(Node):
    """`x`"""

    name: str


@dataclass(frozen=True)
class Number(Node):
    """`3`, `1e-4`, `70%` (its value is 0.7). `value` is an int exactly when the text has neither point, exponent nor %."""

    value: int | float


@dataclass(frozen=True)
class String(Node):
    """`"valid"`"""

    value: str


@dataclass(frozen=True)
class Constant(Node):
    """`true`, `false` or `none`. (`pi` and `inf` are names.)"""

    value: bool | None


@dataclass(frozen=True)
class ListOf(Node):
    """`[3, 2]`"""

    items: tuple[Expression, ...]


@dataclass(frozen=True)
class Unary(Node):
    """`-x` or `not x`; `operator` is that word."""

    operator: str
    operand: Expression


@dataclass(frozen=True)
class Binary(Node):
    """`a + b`; `operator` is one of `or and + - * / // ^`."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Comparison(Node):
    """`0 <= a < b`: one more operand than operators."""

    operators: tuple[str, ...]
    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Otherwise(Node):
    """`x[t - 1] else 0`: what stands there when an index leaves its axis."""

    value: Expression
    other: Expression


@dataclass(frozen=True)
class Pipe(Node):
    """`value -> function`"""

    value: Expression
    function: Expression


@dataclass(frozen=True)
class Argument(Node):
    """`rate = 0.2` or `0.2` in a call; `name` is None where it was given by position."""

    name: str | None
    value: Expression


@dataclass(frozen=True)
class Call(Node):
    """`f(a, b = 1)`; `f` may also be indexed (`sum[i](...)`) or a member (`loss.hinge(...)`)."""

    function: Expression
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class Dots(Node):
    """`...` as an index or a size: the axes that are not named."""


@dataclass(frozen=True)
class Group(Node):
    """`(g, k)`: one axis split row-major as an index, several inputs as a value; `(...)` holds a single Dots."""

    items: tuple[Expression, ...]


@dataclass(frozen=True)
class Axis(Node):
    """One entry between index brackets: `c`, `p < P`, `C @ axis`, `...`.

    Args:
        value: the index or size (for `p < P`, the `p`).
        extent: the `P` of `p < P`, else None.
        place: the `axis` of `C @ axis`, else None.
    """

    value: Expression
    extent: Expression | None = None
    place: Expression | None = None


@dataclass(frozen=True)
class Indexed(Node):
    """`x[n, c]`, and `sum[i < 3]` before its argument."""

    value: Expression
    axes: tuple[Axis, ...]


@dataclass(frozen=True)
class Member(Node):
    """`target.box`, `loss.hinge`, `blocks.encoder`"""

    value: Expression
    name: str


Expression = (Name | Number | String | Constant | ListOf | Unary | Binary | Comparison | Otherwise | Pipe | Call | Dots | Group
              | Indexed | Member)


# ---------------------------------------------------------------------------------------------------- statements


@dataclass(frozen=True)
class Bound(Node):
    """`: int < 5000` or `: bool` after a declaration."""

    kind: str
    limit: Expression | None = None


@dataclass(frozen=True)
class Declaration(Node):
    """`name[size, ...]: bound = default`; `axes` is None without brackets and empty for `[]`."""

    name: str
    axes: tuple[Axis, ...] | None = None
    bound: Bound | None = None
    default: Expression | None = None


@dataclass(frozen=True)
class Let(Node):
    """`let n = expression`"""

    name: str
    value: Expression


@dataclass(frozen=True)
class Input(Node):
    """`input a[A], b[B]` (one Input each), or `inputs x[N, ...]` with `several`."""

    declaration: Declaration
    several: bool = False


@dataclass(frozen=True)
class Param(Node):
    """`param kernel[In, units] = glorot_uniform`"""

    declaration: Declaration


@dataclass(frozen=True)
class State(Node):
    """`state m = 0`"""

    declaration: Declaration


@dataclass(frozen=True)
class Total(Node):
    """`total hit = formula` in a metric; the target is a Name or Indexed."""

    target: Expression
    value: Expression


@dataclass(frozen=True)
class Output(Node):
    """`output x`, `output y[t] = formula`; `target` is None in the first form, where `value` is what is given out."""

    target: Expression | None
    value: Expression


@dataclass(frozen=True)
class Penalty(Node):
    """`penalty formula`"""

    value: Expression


@dataclass(frozen=True)
class Count(Node):
    """`count m` in a loss: the mean divides by the sum of this."""

    value: Expression


@dataclass(frozen=True)
class Shape(Node):
    """`shape w[R, C]`: names the sizes of something already there."""

    declaration: Declaration


@dataclass(frozen=True)
class Require(Node):
    """`require condition, "message"`"""

    condition: Expression
    message: str


@dataclass(frozen=True)
class Final(Node):
    """`final w = x` in an optimizer: the weights to evaluate with."""

    target: Expression
    value: Expression


@dataclass(frozen=True)
class Use(Node):
    """`use adam(...)` in an optimizer"""

    value: Expression


@dataclass(frozen=True)
class If(Node):
    """`if condition { } else { }`; an `else if` is an If alone in `otherwise`."""

    condition: Expression
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class Equation(Node):
    """`z[u] = formula`; the target is a Name or Indexed."""

    target: Expression
    value: Expression


@dataclass(frozen=True)
class Update(Node):
    """`m <- formula`"""

    target: Expression
    value: Expression


@dataclass(frozen=True)
class Stable(Node):
    """`stable formula`: the form used in code, proved equal."""

    value: Expression


@dataclass(frozen=True)
class Exact(Node):
    """`exact formula`: the form used where the argument comes straight from softmax or sigmoid."""

    value: Expression


@dataclass(frozen=True)
class Example(Node):
    """`example call = value`"""

    value: Expression
    expected: Expression


@dataclass(frozen=True)
class Also(Node):
    """`also mse, MSE`"""

    names: tuple[str, ...]


Attribute = Stable | Exact | Example | Also
Statement = (Let | Input | Param | State | Total | Output | Penalty | Count | Shape | Require | Final | Use | If | Equation
             | Update | Attribute)


# ---------------------------------------------------------------------------------------------------- the file


@dataclass(frozen=True)
class Parameter(Node):
    """A setting or an argument in a definition's signature: `learning_rate | lr = 0.01`, `x[..., C @ axis]`, `y[...]: int`."""

    name: str
    alias: str | None = None
    axes: tuple[Axis, ...] | None = None
    bound: Bound | None = None
    default: Expression | None = None


@dataclass(frozen=True)
class Definition(Node):
    """`kind name(parameters) = formula` or `{ block }`, with the attribute lines that follow it.

    Args:
        kind: activation, loss, metric, schedule, regularizer, initializer, optimizer, layer or function.
        body: the statements; `= formula` is a single Output without target.
        attributes: the lines after the definition (those in the block stand in `body`).
        documentation: the comment block right above, `#` and one space taken off each line; "" if none.
        name_span: where the name stands.
    """

    kind: str
    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    attributes: tuple[Attribute, ...] = ()
    override: bool = False
    documentation: str = field(default="", compare=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Model(Node):
    """`model name { }`"""

    name: str
    body: tuple[Statement, ...]
    documentation: str = field(default="", compare=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Item(Node):
    """One comma-separated part of a setting.

    `early_stop val_loss, patience = 5` has the items `val_loss` (a value) and `patience = 5` (name and value);
    `scale x: standard` has one item whose values are `x`, and whose `rule` is `standard`; so has `encode a, b: one_hot`, with
    the values `a` and `b`: names that share a rule are one item. `class_weight 0: 1, 1: 2.5` has two, each with its rule;
    `split train 70%, ...` has the item with the values `train`, `70%`; `target y = c` has name `y` and value `c`.
    """

    values: tuple[Expression, ...]
    name: str | None = None
    rule: Expression | None = None


@dataclass(frozen=True)
class Setting(Node):
    """A line of `data` or `train`: a word and what follows it."""

    name: str
    items: tuple[Item, ...]
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Data(Node):
    """`data { }`"""

    settings: tuple[Setting, ...]


@dataclass(frozen=True)
class Train(Node):
    """`train { }`, or `train name { }` where a file has several models"""

    model: str | None
    settings: tuple[Setting, ...]


@dataclass(frozen=True)
class Import(Node):
    """`import "blocks.nn" as blocks`"""

    path: str
    name: str | None = None


@dataclass(frozen=True)
class Comment(Node):
    """`# text`, kept for the formatter and for documentation; `text` is without the `#`."""

    text: str


@dataclass(frozen=True)
class File(Node):
    """A whole file.

    Args:
        items: what stands in it, in order.
        comments: every comment, in order.
    """

    items: tuple[Import | Let | Definition | Model | Data | Train, ...]
    comments: tuple[Comment, ...] = field(default=(), compare=False)
