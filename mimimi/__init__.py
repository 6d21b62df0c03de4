"""Tells from its sound whether a machine is going wrong.

The names below are imported when first used, so that whoever only asks for `--help` or draws a
page does not wait for what judges.

Example:
    >>> import sys, mimimi
    >>> mimimi.Detector.__name__
    'Detector'
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector
    from mimimi.detector.verdict import Verdict
    from mimimi.errors import UserError

__version__ = "0.1.0"
__all__ = ["Detector", "UserError", "Verdict", "__version__"]

# No thread waits spinning: beside another process at work, numpy's products and torch's threads
# took twice the processor time and three times as long. Read when these are imported; whoever set
# them otherwise keeps what he set.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

_HOMES = {
    "Detector": "mimimi.detector.detector",
    "UserError": "mimimi.errors",
    "Verdict": "mimimi.detector.verdict",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'mimimi' has no attribute {name!r}")
