"""The comparison's compare.py with nndsl among the peers.

    NNDSL_PERF=FOLDER python tests/benchmarks/compare.py --workloads w1,w4 --peers nndsl,jax,pytensor,torch@1

FOLDER holds compare.py, peers.py, workloads.py and a peer_X.py for each other peer. The arguments are compare.py's.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Run the comparison, each peer in a process that knows nndsl too."""
    folder = os.environ.get("NNDSL_PERF")
    if not folder or not (Path(folder) / "compare.py").is_file():
        sys.exit("NNDSL_PERF must name the folder of the comparison, with compare.py and peers.py in it")
    os.environ["NNDSL_PERF"] = str(Path(folder).resolve())
    sys.path.remove(str(HERE))
    sys.path.insert(0, os.environ["NNDSL_PERF"])
    import compare  # type: ignore[import-not-found]  # the comparison's own, found once its folder is on the path

    compare.HERE = str(HERE)  # compare.py starts HERE/peers.py: ours, which adds nndsl and goes on as theirs
    compare.main()


if __name__ == "__main__":
    main()
