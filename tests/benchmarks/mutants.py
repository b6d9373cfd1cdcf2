"""Faults planted in the generated backward code of many models: how many do the witnesses of `nndsl verify` catch?

    python tests/benchmarks/mutants.py [FAULTS A MODEL]

The models are those of tests/golden, and those in the folder beside this file. A line a model; survivors are shown.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from nndsl.compiler import compile_source
from nndsl.syntax import read_source
from nndsl.verify.model import model_subject
from nndsl.verify.mutants import planted

HERE = Path(__file__).resolve().parent
MODELS = (*sorted((HERE.parent / "golden").glob("*.nn")), *sorted((HERE / "mutants").glob("*.nn")))


def main(count: int) -> bool:
    """Plant faults in every model; whether all were caught, or proved to change nothing."""
    totals: Counter[str] = Counter()
    for path in MODELS:
        found = list(planted(model_subject(compile_source(read_source(path), {})), count, 1))
        outcomes = Counter(m.outcome for m in found)
        totals += outcomes
        print(f"{path.stem:20} planted {len(found):4}  caught {outcomes['caught']:4}  equivalent {outcomes['equivalent']:3}  "
              f"survived {outcomes['survived']}", flush=True)
        for m in found:
            if m.outcome == "survived":
                print(f"    {m.kind}, line {m.line}\n    - {m.before}\n    + {m.after}\n    {m.by}", flush=True)
    print(f"{len(MODELS)} models: planted {totals.total()}, caught {totals['caught']}, equivalent {totals['equivalent']}, "
          f"survived {totals['survived']}")
    return not totals["survived"]


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 80) else 1)
