"""09: what this version does not compile yet."""

from nndsl.diagnostics.entry import Entry

ROWS: dict[str, Entry] = {
    "NN0903": Entry(
        "derivatives in formulas, `d(u, x)`, are not compiled yet",
        "A derivative in a formula is checked, but not compiled by this version.",
        "model m {\n    input x[4]\n    u = sum[i](x[i]^2)\n    output p[i] = d(u, x[i])\n}\n",
        "model m {\n    input x[4]\n    u = sum[i](x[i]^2)\n    output p[i] = 2 * x[i] * u\n}\n",
    ),
}
