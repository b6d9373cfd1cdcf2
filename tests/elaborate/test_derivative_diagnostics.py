"""Wrong uses of `d`, each told at its place."""

from __future__ import annotations

import pytest

from nndsl.checking import check
from nndsl.diagnostics import NNError, Source

HEAD = "model m {\n    input x[4], t, word: int < 7\n    p = x -> dense(3)\n    u = sum(p^2) * t\n    output q = u + word\n"

WRONG = {
    "of a tensor": ("d(p, x[0])", "NN0226", "p", "is [3]"),
    "of a number that is known": ("d(3, x[0])", "NN0226", "3", "is the same for all samples"),
    "of a weight": ("d(w, x[0])", "NN0226", "w", "is the same for all samples"),
    "by a tensor": ("d(u, x)", "NN0227", "x", "is [4]"),
    "by what is computed": ("d(u, p[0])", "NN0227", "p[0]", ""),
    "by a formula": ("d(u, 2 * x[0])", "NN0227", "2 * x[0]", ""),
    "by a weight": ("d(u, w)", "NN0227", "w", ""),
    "by a whole number": ("d(u * word, word)", "NN0227", "word", "is a whole number"),
    "by an entry that need not be there": ("sum[i < 4](d(u, (x[i + 1] else 0)))", "NN0227", "x[i + 1] else 0", ""),
    "by what it does not depend on": ("d(sum(p^2), t)", "NN0260", "t", ""),
    "only the second is wrong": ("d(u, x[0], p[0])", "NN0227", "p[0]", ""),
    "beyond the end": ("d(u, x[4])", "NN0205", "4", "is 4"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_uses_are_told_at_their_place(case: str) -> None:
    formula, code, place, label = WRONG[case]
    with pytest.raises(NNError) as caught:
        check(Source("model.nn", f"{HEAD}    param w = 1\n    penalty w * {formula}\n}}\n"))
    (found,) = caught.value.diagnostics
    assert (found.code, found.labels[0].span.text, found.labels[0].text) == (code, place, label)
