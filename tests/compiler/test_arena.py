"""Tensors in use at the same time never overlap, and those that are not share memory."""

from hypothesis import given
from hypothesis import strategies as st

from nndsl.artifact import PartPlan, Placed
from nndsl.runtime.arena import Layout, part_layout, size

KEPT = Layout({"w": 0}, {"real": 32, "whole": 0, "total": 16})


def temporary(number, shape, first, length):
    return Placed(f"t{number}", f"t{number}", shape, "real", first, first + length)


shapes = st.lists(st.sampled_from(["batch", 1, 3, 16, 50]), max_size=3).map(tuple)
parts = st.lists(st.tuples(shapes, st.integers(0, 20), st.integers(0, 5)), max_size=25).map(
    lambda rows: PartPlan("learn", ("learn",), tuple(temporary(k, *row) for k, row in enumerate(rows))))


@given(parts, st.integers(1, 40))
def test_no_two_tensors_in_use_overlap(part, batch):
    layout = part_layout(KEPT, part, batch)
    spans = [(t, layout.offsets[t.at], layout.offsets[t.at] + size(t, batch)) for t in part.temporaries]
    for at, (a, start, end) in enumerate(spans):
        assert KEPT.sizes["real"] <= start and end <= layout.sizes["real"]
        for b, other_start, other_end in spans[:at]:
            if a.first <= b.last and b.first <= a.last:
                assert end <= other_start or other_end <= start


def test_tensors_used_one_after_the_other_share_memory():
    part = PartPlan("learn", ("learn",), tuple(temporary(k, ("batch", 64), 2 * k, 1) for k in range(10)))
    assert part_layout(KEPT, part, 32).sizes["real"] == 32 + 32 * 64


def test_what_stays_does_not_move():
    part = PartPlan("learn", ("learn",), (temporary(0, ("batch",), 0, 1),))
    assert part_layout(KEPT, part, 8).offsets["w"] == 0
