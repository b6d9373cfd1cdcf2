"""Mistakes in the spelling: which diagnostic, at which place. The culprits stand between « and », in the order of the codes."""

from __future__ import annotations

from textwrap import indent

import pytest
from parsing import marked, parse_text

from nndsl.diagnostics import CATALOGUE, NNError

OUTSIDE = {
    "nothing": ("«»", "NN0006"),
    "only comments": ("«»# a\n\n  # b\n", "NN0006"),
    "a number outside": ("«x» = 3\n", "NN0016"),
    "a word misspelt": ("«modle» m {\n    input x[3]\n    output x\n}\n", "NN0016"),
    "a word misspelt, and what is in its block": ("«trian» {\n    epochs «=» 20\n    batch 3\n}\n", "NN0016 NN0020"),
    "a word of another language": ("«def» f(x) = x\n", "NN0016"),
    "a statement of a block": ("«input» x[3]\n", "NN0017"),
    "an if": ("«if» a { output x }\n", "NN0017"),
    "an attribute first": ("«also» f\n", "NN0025"),
    "an attribute after a let": ("let n = 3\n    «example» f(1) = 2\n", "NN0025"),
    "a formula": ("«3» + 4\n", "NN0001"),
    "no name": ("model «{»\n    input x[3]\n}\n", "NN0001"),
    "no brackets": ("layer «flatten» {\n    input x[3]\n    output x\n}\n", "NN0021"),
    "no brackets before a formula": ("activation «twice» = 2 * x\n", "NN0021"),
    "no formula": ("activation f(x) «=»\n", "NN0028"),
    "no formula before another definition": ("activation f(x) «=»\nactivation g(x) = x\n", "NN0028"),
    "no brace": ("model m«\n»    input x[3]\n    output x\n\nlayer f() «x»\n", "NN0001 NN0001"),
    "no name for a number": ("let «=» 3\n", "NN0001"),
    "no `=`": ("let n «3»\n", "NN0001"),
    "a reserved word as a name": ("let «true» = 3\n", "NN0026"),
    "another reserved word as a name": ("layer f(«and») = 3\n", "NN0026"),
    "two on a line": ("let n = 3 «let» m = 4\n", "NN0023"),
    "an import without quotes": ("import «blocks».nn\n", "NN0001"),
    "an import as nothing": ("import \"a.nn\" as«»", "NN0001"),
    "an override of nothing": ("override «model» m { }\n", "NN0001"),
    "two equal signs in an example": ("activation f(x) = x\n    example f(1) = 2 «=» 3\n", "NN0022"),
    "an example without value": ("activation f(x) = x\n    example f(1)«\n»activation g(x) = x\n", "NN0001"),
    "binary rubbish": ("«\x01»\x02\x03 let n = 3\n", "NN0007"),
    "one mistake in each of three": ("let a = «)»\nlet b «3»\nlet c = 1 «$»\n", "NN0003 NN0001 NN0007"),
}

INSIDE = {
    "a word misspelt": ("«ouput» x", "NN0016"),
    "a word misspelt before a bracket": ("«ouput» (x + 1)", "NN0016"),
    "a word of another language": ("«return» x", "NN0016"),
    "a word that is none": ("«gloop» x", "NN0016"),
    "a definition": ("«layer» f() { output x }", "NN0017"),
    "a formula alone": ("«x -> dense(3)»", "NN0027"),
    "an update of a sum": ("«x[i] + 1 <- 3»", "NN0027"),
    "a function defined": ("«f(x)» = 3", "NN0018"),
    "two names defined": ("«(a, b)» = 3", "NN0018"),
    "a member defined": ("«target.x» = 3", "NN0018"),
    "a total of a sum": ("total «a + b» = 3", "NN0018"),
    "an output of a product": ("output «2 * a» = 3", "NN0018"),
    "a name defined twice in a line": ("a = b «=» c", "NN0022"),
    "a comparison by `=`": ("if a «=» b { y = 1 }", "NN0022"),
    "no right side": ("y «=» ", "NN0028"),
    "no right side of an operator": ("y = x «+»", "NN0028"),
    "no right side, a statement follows": ("y = x «->»\noutput p = y", "NN0028"),
    "no right side, an equation follows": ("y «=»\np = y", "NN0028"),
    "two operators": ("y = a * «/» b", "NN0001"),
    "two on a line": ("y = 1 «z» = 2", "NN0023"),
    "a statement after a block": ("if a { y = 1 } «output» y", "NN0023"),
    "a product without sign": ("y = 2 «x»", "NN0001"),
    "a product of brackets": ("y = «2»(x + 1)", "NN0029"),
    "a number for a function": ("y = 1 + «(a + b)»(c)", "NN0029"),
    "no arrow between layers": ("y = x -> dense(3) «dense»(4)", "NN0001"),
    "a require without message": ("require a > b«;» y = 2", "NN0001"),
    "an else without if": ("y = 1\n«else» { y = 2 }", "NN0001"),
    "an if without braces": ("if a «y» = 1", "NN0001"),
    "an else without braces": ("if a { y = 1 } else «y» = 2", "NN0001"),
    "a semicolon in brackets": ("y = f(a«;» b)", "NN0001"),
    "no comma": ("y = f(a «b»)", "NN0001"),
    "a comma too many": ("y = f(a,«,» b)", "NN0001"),
    "a list in braces": ("y = «{»1, 2}", "NN0001"),
    "an empty bracket": ("y = («)»", "NN0001"),
    "an extent of an extent": ("y[a < b «<» c] = 3", "NN0001"),
    "a comparison as an index": ("y = x[a «==» b]", "NN0001"),
    "single quotes": ("y = f(mode = «'»same')", "NN0019"),
    "a power": ("y = x «**» 2", "NN0019"),
    "a remainder": ("y = x «%» 2", "NN0019"),
    "a percent sign apart": ("y = 70 «%»", "NN0019"),
    "and": ("y = a «&&» b", "NN0019"),
    "not": ("y = «!»a", "NN0019"),
    "an increment": ("y «+=» 3", "NN0019"),
    "an absolute value": ("y = «|»x|", "NN0019"),
    "a choice": ("y = a «?» b : c", "NN0019"),
    "a square": ("y = x«²»", "NN0019"),
    "a minus sign of typography": ("y = a «−» b", "NN0019"),
    "a line continued": ("y = a + «\\»\n b", "NN0019"),
    "a character": ("y = a «§» b", "NN0007"),
    "no digit before the point": ("y = «.5»", "NN0024"),
    "no digit after the point": ("y = «1.» + x", "NN0024"),
    "an exponent without number": ("y = «1e»", "NN0024"),
    "a letter after a number": ("y = «2x»", "NN0024"),
    "two points": ("y = «1.2.3»", "NN0024"),
    "a hexadecimal number": ("y = «0x1F»", "NN0024"),
    "a number in groups": ("y = «1_000»", "NN0024"),
    "a string without end": ('y = f(«"same, 3»', "NN0005"),
    "a string without end in brackets": ('y = f(«"same»)\nz = «)»', "NN0005 NN0003"),
    "a number too large": ("y = «1e999»", "NN0009"),
    "a whole number too large": ("y = «12345678901234567890»", "NN0009"),
    "a number too small": ("y = «1e-999»", "NN0009"),
    "a reserved word as an input": ("input «none»[3]", "NN0026"),
    "a reserved word defined": ("«not» = 3", "NN0026"),
    "several": ("«ouput» q\ny = «=» 3\nz = x «%» 3\nif a { w = «]» }", "NN0016 NN0001 NN0019 NN0003"),
    "none in the statements around": ("a = 1\nb = «*» 2\nc = 3", "NN0001"),
}

SETTINGS = {
    "an equal sign": ("epochs «=» 20", "NN0020"),
    "a colon": ("epochs«:» 20", "NN0020"),
    "no comma between values": ("epochs 20 «30»", "NN0001"),
    "no comma before a named one": ("early_stop val_loss «patience» = 5", "NN0001"),
    "pairs in braces": ("class_weight «{»0: 1, 1: 2}", "NN0019"),
    "a number": ("«3» epochs", "NN0001"),
    "single quotes": ("source csv(«'»f.csv')", "NN0019"),
    "two rules": ("scale x: y«:» z", "NN0001"),
    "an update": ("epochs «<»- 3", "NN0001"),
    "each on its line": ("epochs «=» 20\nbatch«:» 3\nseed 4", "NN0020 NN0020"),
}

BRACKETS = {
    "a round one": ("model m {\n    y = f«(»3\n    z = 4\n}\n", "NN0002"),
    "a round one before an equation": ("model m {\n    y = f«(»3,\n    output p = 4\n}\n", "NN0002"),
    "a round one before the end of the block": ("model m {\n    y = f«(»3\n}\n", "NN0002"),
    "a square one": ("model m {\n    input x«[»3\n    output x\n}\n", "NN0002"),
    "two": ("model m {\n    y = f«(»x[3\n    z = 4\n}\n", "NN0002"),
    "in a signature": ("layer f«(»a, b {\n    input x[3]\n    output x\n}\n", "NN0002"),
    "in the last line": ("let n = f«(»3", "NN0002"),
    "a block at the end": ("model m «{»\n    input x[3]\n    output x\n", "NN0002"),
    "a block before another": ("model m «{»\n    input x[3]\n    output x\n\ntrain {\n    epochs 3\n}\n", "NN0002"),
    "settings before a model": ("train «{»\n    loss mse(a = 1)\nmodel m {\n    input x[3]\n}\n", "NN0002"),
    "a block in a block": ("model m {\n    if a «{»\n        y = 1\n    z = 2\n}\ntrain {\n    epochs 3\n}\n", "NN0002"),
    "a block in a block at the end": ("model m {\n    if a «{»\n        y = 1\n}\n", "NN0002"),
    "mistakes besides": ("model m «{»\n    y = «=» 3\n\ntrain {\n    epochs «=» 3\n}\n", "NN0002 NN0001 NN0020"),
    "a brace too many": ("model m {\n    output x\n}\n«}»\n", "NN0003"),
    "a round one too many": ("let n = max(1, 2)«)»\nlet m = 3\n", "NN0003"),
    "a square one for a round one": ("let n = max(1, 2«]»\n", "NN0004"),
    "a square one missing within a round one": ("let n = max(x[1, 2«)»\n", "NN0004"),
    "a round one too many in a block": ("model m {\n    if a {\n        y = 3«)»\n    }\n    output y\n}\n", "NN0003"),
    "an argument on a line of its own is no statement": ("let n = f(1\n  «a» = 2)\n", "NN0001"),
}


def check(text: str, expected: str) -> None:
    plain, spans = marked(text)
    with pytest.raises(NNError) as caught:
        parse_text(plain)
    found = caught.value.diagnostics
    assert [d.code for d in found] == expected.split()
    assert [(d.labels[0].span.start, d.labels[0].span.end) for d in found] == spans


@pytest.mark.parametrize("name", OUTSIDE)
def test_outside_all_blocks(name: str) -> None:
    check(*OUTSIDE[name])


@pytest.mark.parametrize("name", INSIDE)
def test_in_a_block(name: str) -> None:
    text, expected = INSIDE[name]
    check(f"let before = 1\nmodel m {{\n{indent(text, '    ')}\n}}\nlet after = 2\n", expected)


@pytest.mark.parametrize("name", SETTINGS)
def test_in_settings(name: str) -> None:
    text, expected = SETTINGS[name]
    check(f"train {{\n{text}\n}}\n", expected)


@pytest.mark.parametrize("name", BRACKETS)
def test_brackets(name: str) -> None:
    check(*BRACKETS[name])


def test_every_code_of_spelling_has_a_row() -> None:
    rows = [*OUTSIDE.values(), *INSIDE.values(), *SETTINGS.values(), *BRACKETS.values()]
    told = {code for _, expected in rows for code in expected.split()}
    of_files = {"NN0010", "NN0011", "NN0012", "NN0013", "NN0014", "NN0015"}
    limits = {"NN0008"}
    assert told == {code for code in CATALOGUE if code.startswith("NN00")} - of_files - limits


def diagnostic(text: str) -> str:
    with pytest.raises(NNError) as caught:
        parse_text(text)
    return str(caught.value)


@pytest.mark.parametrize(("text", "said"), [
    ("let n = max(1 2)\n", "expected `)`, `,` or an operator"),
    ("let n = \"a\" + * 3\n", "expected a formula"),
    ("model m {\n    input 3\n}\n", "expected a name"),
    ("model m {\n    param w[3] zeros\n}\n", "expected `=`, `:` or the end of the line"),
    ("layer f(x) 3\n", "expected `{` or `=`"),
    ("train { } 3\n", "expected the end of the line"),
    ("train { 3 }\n", "expected a setting or `}`"),
    ("import 3\n", "expected a text in quotes"),
    ("3\n", "expected a definition"),
    ("model m { 3 = }\n", "nothing follows"),
    ("override 3\n", "expected a kind of definition"),
])
def test_what_could_stand_there_is_said_in_words(text: str, said: str) -> None:
    assert said in diagnostic(text)


@pytest.mark.parametrize(("text", "help"), [
    ("modle m { }\n", "did you mean `model`?"),
    ("optimiser f() { }\n", "did you mean `optimizer`?"),
    ("x = 3\n", "a number gets a name by `let x = ...`"),
    ("gloop f() { }\n", "what can begin here is `import`, `let`,"),
    ("model m {\n    y = 2x\n}\n", "a product is written `2 * x`"),
    ("model m {\n    y = 2 x\n}\n", "a product is written `2 * x`"),
    ("model m {\n    y = 2(x)\n}\n", "a product is written `2 * (...)`"),
    ("let n = .5\n", "write `0.5`"),
    ("let n = 5.\n", "write `5`"),
    ("let n = 1_000\n", "write `1000`"),
    ("model m {\n    y = x -> f() g()\n}\n", "layers are applied one after the other by `->`"),
    ("model m {\n    require a\n}\n", "it is written `require condition, \"what is wrong otherwise\"`"),
    ("let n = 1e999\n", "infinity is written `inf`"),
    ("let n = 12345678901234567890\n", "it is written `1.23457e+19`"),
    ("train {\n    epochs = 20\n}\n", "write `epochs 20`"),
    ("layer f { }\n", "write `layer f()`"),
])
def test_helps(text: str, help: str) -> None:
    assert help in diagnostic(text)


def test_an_unclosed_bracket_tells_where_it_was_missed() -> None:
    text = "model m {\n    if a {\n        y = 1\n}\ntrain { }\n"
    assert diagnostic(text) == """\
error[NN0002]: this `{` is never closed
  --> test.nn:2:10
  2 |     if a {
               ^ opened here
  4 | }
      - this one closes the block around it
  5 | train { }
      ----- expected before this"""


def test_no_more_mistakes_than_anyone_reads() -> None:
    with pytest.raises(NNError) as caught:
        parse_text("let n = $\n" * 1000)
    assert len(caught.value.diagnostics) == 20
