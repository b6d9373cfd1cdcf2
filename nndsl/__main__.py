"""`nndsl` and `python -m nndsl`: the entry of the command line."""

from __future__ import annotations

from nndsl.cli.main import main

if __name__ == "__main__":
    main()
