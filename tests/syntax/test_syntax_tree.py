"""What each form of the language becomes."""

from __future__ import annotations

from typing import Any

import pytest
from parsing import body, formula, parse_text, settings

from nndsl.syntax.tree import (
    Also,
    Argument,
    Axis,
    Binary,
    Bound,
    Call,
    Comparison,
    Constant,
    Count,
    Data,
    Declaration,
    Definition,
    Dots,
    Equation,
    Exact,
    Example,
    Final,
    Group,
    If,
    Import,
    Indexed,
    Input,
    Item,
    Let,
    ListOf,
    Member,
    Model,
    Name,
    Number,
    Otherwise,
    Output,
    Param,
    Parameter,
    Penalty,
    Pipe,
    Require,
    Setting,
    Shape,
    Stable,
    State,
    String,
    Total,
    Train,
    Unary,
    Update,
    Use,
)

a, b, c, f, x, y = (Name(name) for name in "abcfxy")
one, two, three = (Number(n) for n in (1, 2, 3))


def plus(left: Any, right: Any) -> Binary:
    return Binary("+", left, right)


def call(function: Any, *values: Any, **named: Any) -> Call:
    return Call(function, (*(Argument(None, v) for v in values), *(Argument(k, v) for k, v in named.items())))


def at(value: Any, *axes: Any) -> Indexed:
    return Indexed(value, tuple(axis if isinstance(axis, Axis) else Axis(axis) for axis in axes))


FORMULAS: dict[str, Any] = {
    "3": three,
    "007": Number(7),
    "0.5": Number(0.5),
    "1e-4": Number(1e-4),
    "1E+3": Number(1000.0),
    "70%": Number(0.7),
    "2.5%": Number(0.025),
    '"a b"': String("a b"),
    '""': String(""),
    '"C:\\new"': String("C:\\new"),
    "true": Constant(True),
    "none": Constant(None),
    "pi": Name("pi"),
    "größe_2": Name("größe_2"),
    "[]": ListOf(()),
    "[3, 2,]": ListOf((three, two)),
    "(a)": a,
    "(a, b)": Group((a, b)),
    "(...)": Group((Dots(),)),
    "(..., b)": Group((Dots(), b)),
    "a -> b -> c": Pipe(Pipe(a, b), c),
    "a + b -> c": Pipe(plus(a, b), c),
    "a + (b -> c)": plus(a, Pipe(b, c)),
    "a or b and not c": Binary("or", a, Binary("and", b, Unary("not", c))),
    "not not a": Unary("not", Unary("not", a)),
    "not a == b": Unary("not", Comparison(("==",), (a, b))),
    "1 <= a < b": Comparison(("<=", "<"), (one, a, b)),
    "(a < b) < c": Comparison(("<",), (Comparison(("<",), (a, b)), c)),
    "a - b - c": Binary("-", Binary("-", a, b), c),
    "a + b * c // a": plus(a, Binary("//", Binary("*", b, c), a)),
    "-a * b": Binary("*", Unary("-", a), b),
    "--a": Unary("-", Unary("-", a)),
    "-a^2": Unary("-", Binary("^", a, two)),
    "a^b^c": Binary("^", a, Binary("^", b, c)),
    "a^-b": Binary("^", a, Unary("-", b)),
    "a^-b^c": Binary("^", a, Unary("-", Binary("^", b, c))),
    "x<-1": Comparison(("<",), (x, Unary("-", one))),
    "(a else b)": Otherwise(a, b),
    "(a else b else c)": Otherwise(a, Otherwise(b, c)),
    "a or b else c": Otherwise(Binary("or", a, b), c),
    "a -> b else c": Pipe(a, Otherwise(b, c)),
    "f()": call(f),
    "f(a, x = 1)": call(f, a, x=one),
    "f(a, x = 1,)": call(f, a, x=one),
    "f(a)(b)": call(call(f, a), b),
    "f(a -> b)": call(f, Pipe(a, b)),
    "f(input, loss = output)": call(f, Name("input"), loss=Name("output")),
    "loss.hinge(a)": call(Member(Name("loss"), "hinge"), a),
    "x[]": Indexed(x, ()),
    "x[..., a]": at(x, Dots(), a),
    "x[a + 1]": at(x, plus(a, one)),
    "x[a < b @ c]": at(x, Axis(a, b, c)),
    "x[a @ -1]": at(x, Axis(a, None, Unary("-", one))),
    "x[(a < b, c)]": at(x, Group((Comparison(("<",), (a, b)), c))),
    "x[(a == b)]": at(x, Comparison(("==",), (a, b))),
    "x[f[a], b]": at(x, at(f, a), b),
    "sum[a < 3](x[a])": call(at(Name("sum"), Axis(a, three)), at(x, a)),
    "f(a)[b].c": Member(at(call(f, a), b), "c"),
}


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas(text: str) -> None:
    assert formula(text) == FORMULAS[text]


def test_kinds_of_number() -> None:
    assert [type(formula(text).value) for text in ("3", "3.0", "3e0", "300%")] == [int, float, float, float]


def declared(name: str, *axes: Any, **more: Any) -> Declaration:
    return Declaration(name, tuple(axis if isinstance(axis, Axis) else Axis(axis) for axis in axes), **more)


STATEMENTS: dict[str, tuple[Any, ...]] = {
    "let n = 3": (Let("n", three),),
    "input x[a]": (Input(declared("x", a)),),
    "input x": (Input(Declaration("x")),),
    "input x[], y[a]": (Input(declared("x")), Input(declared("y", a))),
    "input x[a]: int < 2 + 3, y": (Input(declared("x", a, bound=Bound("int", plus(two, three)))), Input(Declaration("y"))),
    "input x[a]: bool = true": (Input(declared("x", a, bound=Bound("bool"), default=Constant(True))),),
    "inputs x[a, ...]": (Input(declared("x", a, Dots()), several=True),),
    "param a[2 * b] = zeros": (Param(declared("a", Binary("*", two, b), default=Name("zeros"))),),
    "param a": (Param(Declaration("a")),),
    "state a[] = 1": (State(declared("a", default=one)),),
    "shape x[..., a]": (Shape(declared("x", Dots(), a)),),
    "a = b": (Equation(a, b),),
    "x[a, b < 3] = 1": (Equation(at(x, a, Axis(b, three)), one),),
    "x <- a": (Update(x, a),),
    "x[..., a] <- b": (Update(at(x, Dots(), a), b),),
    "x[f[a]] <- -b": (Update(at(x, at(f, a)), Unary("-", b)),),
    "total x[a] = b": (Total(at(x, a), b),),
    "final x = y": (Final(x, y),),
    "output a + b": (Output(None, plus(a, b)),),
    "output x[a]": (Output(None, at(x, a)),),
    "output x[a] = b": (Output(at(x, a), b),),
    "output x[(...)] = b": (Output(at(x, Group((Dots(),))), b),),
    "output (a, b) -> f": (Output(None, Pipe(Group((a, b)), f)),),
    "penalty a": (Penalty(a),),
    "count a > b": (Count(Comparison((">",), (a, b))),),
    'require a == b, "no {a}"': (Require(Comparison(("==",), (a, b)), "no {a}"),),
    "use f(a)": (Use(call(f, a)),),
    "if a { x = 1 }": (If(a, (Equation(x, one),)),),
    "if a { } else { x = 1; y = 2 }": (If(a, (), (Equation(x, one), Equation(y, two))),),
    "if a { } else if b { x = 1 } else { x = 2 }": (If(a, (), (If(b, (Equation(x, one),), (Equation(x, two),)),)),),
    "stable a": (Stable(a),),
    "exact a": (Exact(a),),
    "example f(1) = 2": (Example(call(f, one), two),),
    "also a, b": (Also(("a", "b")),),
}


@pytest.mark.parametrize("text", STATEMENTS)
def test_statements(text: str) -> None:
    assert body(text) == STATEMENTS[text]


SETTINGS: dict[str, Setting] = {
    "tensorboard": Setting("tensorboard", ()),
    "epochs 20": Setting("epochs", (Item((Number(20),)),)),
    "shuffle false": Setting("shuffle", (Item((Constant(False),)),)),
    'source csv("f.csv")': Setting("source", (Item((call(Name("csv"), String("f.csv")),)),)),
    "split train 70%, stratify, seed 7": Setting("split", (
        Item((Name("train"), Number(0.7))), Item((Name("stratify"),)), Item((Name("seed"), Number(7))))),
    "checkpoint best val_loss": Setting("checkpoint", (Item((Name("best"), Name("val_loss"))),)),
    "checkpoint every n + 1": Setting("checkpoint", (Item((Name("every"), plus(Name("n"), one))),)),
    "early_stop val_loss, patience = 5": Setting("early_stop", (Item((Name("val_loss"),)), Item((Number(5),), "patience"))),
    "scale x: standard": Setting("scale", (Item((x,), None, Name("standard")),)),
    "scale x: divide(255)": Setting("scale", (Item((x,), None, call(Name("divide"), Number(255))),)),
    "encode a, b: one_hot": Setting("encode", (Item((a, b), None, Name("one_hot")),)),
    "encode a, b: f, c: x": Setting("encode", (Item((a, b), None, f), Item((c,), None, x))),
    "class_weight 0: 1, 1: 2.5": Setting("class_weight", (Item((Number(0),), None, one), Item((one,), None, Number(2.5)))),
    'class_weight "a": 1, "b": 2': Setting("class_weight", (
        Item((String("a"),), None, one), Item((String("b"),), None, two))),
    "class_weight [1, 2]": Setting("class_weight", (Item((ListOf((one, two)),)),)),
    "target y = c": Setting("target", (Item((c,), "y"),)),
    "input x = columns(a, b)": Setting("input", (Item((call(Name("columns"), a, b),), "x"),)),
    "loss f(target.x, x) + 2 * f(a)": Setting("loss", (
        Item((plus(call(f, Member(Name("target"), "x"), x), Binary("*", two, call(f, a))),)),)),
    "loss -x": Setting("loss", (Item((Unary("-", x),)),)),
    "loss (x)": Setting("loss", (Item((x,)),)),
    "metrics f, x(a = 3)": Setting("metrics", (Item((f,)), Item((call(x, a=three),)))),
    "precision float32": Setting("precision", (Item((Name("float32"),)),)),
}


@pytest.mark.parametrize("text", SETTINGS)
def test_settings(text: str) -> None:
    assert settings(text) == (SETTINGS[text],)


FILES: dict[str, tuple[Any, ...]] = {
    'import "a.nn"': (Import("a.nn"),),
    'import "a.nn" as blocks': (Import("a.nn", "blocks"),),
    "let n = 3": (Let("n", three),),
    "activation f(x) = a": (Definition("activation", "f", (Parameter("x"),), (Output(None, a),)),),
    "layer f() { }": (Definition("layer", "f", (), ()),),
    "layer f(a,) { output a }": (Definition("layer", "f", (Parameter("a"),), (Output(None, a),)),),
    "override loss f(x) = a": (Definition("loss", "f", (Parameter("x"),), (Output(None, a),), override=True),),
    "optimizer f(a | b = 1) { x <- a }": (
        Definition("optimizer", "f", (Parameter("a", "b", default=one),), (Update(x, a),)),),
    "loss f(y[...]: int, x[a, b @ c], c = -1) = a": (Definition("loss", "f", (
        Parameter("y", axes=(Axis(Dots()),), bound=Bound("int")), Parameter("x", axes=(Axis(a), Axis(b, None, c))),
        Parameter("c", default=Unary("-", one))), (Output(None, a),)),),
    "activation f(x) = a\n    also b, c\n    example f(1) = 2\nlet n = 3": (
        Definition("activation", "f", (Parameter("x"),), (Output(None, a),), (Also(("b", "c")), Example(call(f, one), two))),
        Let("n", three)),
    "layer f() { also a }\n    also b": (Definition("layer", "f", (), (Also(("a",)),), (Also(("b",)),)),),
    "model m { input x[3]; output x }": (Model("m", (Input(declared("x", three)), Output(None, x))),),
    "data { source a }": (Data((Setting("source", (Item((a,)),)),)),),
    "train { }": (Train(None, ()),),
    "train m { epochs 3 }": (Train("m", (Setting("epochs", (Item((three,)),)),)),),
}


@pytest.mark.parametrize("text", FILES)
def test_files(text: str) -> None:
    assert parse_text(text).items == FILES[text]


def test_every_kind_of_definition() -> None:
    kinds = ("activation", "function", "initializer", "layer", "loss", "metric", "optimizer", "regularizer", "schedule")
    items = parse_text("\n".join(f"{kind} f(x) = x" for kind in kinds)).items
    assert [item.kind for item in items if isinstance(item, Definition)] == list(kinds)
