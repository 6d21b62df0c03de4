"""What pages are made of, imported while the first browser still loads what Streamlit sends it.

By one thread, in the order in which a visitor needs it. Who asks for a module that it is at waits
for that module, as for any import; a module that cannot be had is told of where it is asked for.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

_TO_BE_DRAWN = ("state.visits", "widgets.navigation", "analyse.front", "analyse.origin")
_TO_BE_JUDGED = ("mimimi.simulate", "soundfile", "onnxruntime", "mimimi.detector.detector")
_TO_BE_EXPLAINED = ("analyse.result",)  # and what draws figures


def import_all() -> None:
    """Once, as soon as the server answers."""
    for name in (*_TO_BE_DRAWN, *_TO_BE_JUDGED, *_TO_BE_EXPLAINED):
        with suppress(ImportError):
            import_module(name)
