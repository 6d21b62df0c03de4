"""Streamlit's own command, and a line on stdout whenever a detector is loaded.

Run by `benchmarks.speed.visitors` in place of `python -m streamlit`.
"""

from __future__ import annotations

from pathlib import Path

from streamlit.web.cli import main

from mimimi.detector import locate

_locate = locate.locate


def _counted(name: str | Path, revision: str | None = None) -> tuple[Path, str]:
    # The line's end in one piece with it: two threads may print at once.
    print(f"loads {Path(name).name}\n", end="", flush=True)
    return _locate(name, revision)


if __name__ == "__main__":
    locate.locate = _counted
    main()
