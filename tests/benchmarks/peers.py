"""The comparison's peers.py with nndsl among them; compare.py beside this file runs it, once a process."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.environ["NNDSL_PERF"])

import peers  # noqa: E402  the comparison's own: its folder was just put first

peers.PEERS["nndsl"] = ("peer_nndsl", "the model as a .nn file, compiled by nndsl; an epoch is one call")

if __name__ == "__main__":
    peers.main()
