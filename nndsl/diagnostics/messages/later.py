"""09: what this version does not compile yet."""

from nndsl.diagnostics.entry import Entry


def _layer(output: str) -> str:
    """A model with one layer that gives `output`."""
    return f"layer f() {{\n    input x[T]\n    {output}\n}}\nmodel m {{\n    input x[8]\n    output p = x -> f\n}}\n"


ROWS: dict[str, Entry] = {
    "NN0902": Entry(
        "recurrence is not compiled yet: `{name}` refers to its own entries",
        "A tensor that refers to its own earlier or later entries is checked, but not compiled by this version.",
        _layer("output h[t] = x[t] + (h[t - 1] else 0) / 2"),
        _layer("output h[t] = x[t] / 2"),
    ),
    "NN0903": Entry(
        "derivatives in formulas, `d(u, x)`, are not compiled yet",
        "A derivative in a formula is checked, but not compiled by this version.",
        "model m {\n    input x[4]\n    u = sum[i](x[i]^2)\n    output p[i] = d(u, x[i])\n}\n",
        "model m {\n    input x[4]\n    u = sum[i](x[i]^2)\n    output p[i] = 2 * x[i] * u\n}\n",
    ),
}
