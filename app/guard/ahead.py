"""What pages are made of, imported before a visitor needs it, by one thread and in that order.

What the first page is drawn with, while his browser loads what Streamlit sends it; what judges and
draws figures, which takes a second, once that page stands. Who asks for a module that the thread is
at waits for it, as for any import; one that cannot be had is told of where it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from threading import Event

_TO_BE_DRAWN = ("state.visits", "widgets.navigation", "analyse.front", "analyse.origin")
_TO_BE_JUDGED = ("soundfile", "scipy.fft", "onnxruntime", "mimimi.detector.detector")
_TO_BE_EXPLAINED = ("analyse.result", "analyse.long_recording")
_stands = Event()


def import_all() -> None:
    """Once, as soon as there is a server; returns when all is there."""
    _import(_TO_BE_DRAWN)
    _stands.wait()
    _import((*_TO_BE_JUDGED, *_TO_BE_EXPLAINED))


def page_stands() -> None:
    """Somebody's page is drawn; what comes next may be imported."""
    _stands.set()


def _import(names: Sequence[str]) -> None:
    for name in names:
        with suppress(ImportError):
            import_module(name)
