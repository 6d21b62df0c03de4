"""A network judged by ONNX Runtime: its graph made once and kept, its windows one after another.

All by the thread that asks, which waits for no other: whoever has several recordings judges them
side by side. Each window is judged by itself, so that a score does not depend on what else is.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.config import AnyNetworkConfig, FrontEnd
from mimimi.files import home, replace_file
from mimimi.networks.graph import INPUT, Weights, graph_of

_MADE_BY = b"2"  # another one where graphs of the same weights become others
_DIGEST = 32  # bytes
_NO_OTHER = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # no link, no waiting pipe
_MOST = 64  # graphs that are kept, those of a dozen detectors
_MOST_OPEN = 10  # sessions that are kept for who comes next, those of two
_one_at_a_time = Lock()
_open: dict[str, Any] = {}

Real = NDArray[np.float32]


class Session:
    """A network in evaluation mode, on the CPU; any thread may ask it.

    Args:
        weights: of the network.
        config: its kind decides which network it is.
        front_end: that it reads through.

    Example:
        >>> from mimimi.config import LINE_SPECTRUM, LineSpectrumConfig
        >>> from mimimi.networks.architecture import forms
        >>> config = LineSpectrumConfig(width=4)
        >>> weights = {name: np.ones(*of) for name, of in forms(3, config).items()}
        >>> session = Session(weights, config, LINE_SPECTRUM)
        >>> [of.shape for of in session.run(np.zeros((2, 1, 8001), np.float32))]
        [(2, 3)]
    """

    def __init__(self, weights: Weights, config: AnyNetworkConfig, front_end: FrontEnd) -> None:
        self._session = _opened(weights, config, front_end)

    def run(self, windows: Real) -> list[Real]:
        """What the network makes of windows: its outputs, each `(window, ...)`.

        Args:
            windows: as `graph_of` says.
        """
        each = [self._session.run(None, {INPUT: window[None]}) for window in windows]
        return [np.concatenate(outputs) for outputs in zip(*each, strict=True)]


def kept_graph(weights: Weights, config: AnyNetworkConfig, front_end: FrontEnd) -> bytes:
    """The graph of a network, from where graphs are kept by what they are made of.

    One that is damaged, another network's or another user's is made anew; where nothing can be
    written nothing is kept.
    """
    key = key_of(weights, config, front_end)
    with suppress(OSError):
        content = _own(home() / "graphs" / key)
        digest, graph = content[:_DIGEST], content[_DIGEST:]
        if _sealed(key, graph) == digest:
            return graph
    graph = graph_of(weights, config, front_end)
    with suppress(OSError):
        path = home() / "graphs" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, _sealed(key, graph) + graph)
        for old in sorted(path.parent.iterdir(), key=lambda f: f.stat().st_mtime)[:-_MOST]:
            old.unlink(missing_ok=True)
    return graph


def _sealed(key: str, graph: bytes) -> bytes:
    return hashlib.sha256(key.encode() + graph).digest()


def _own(path: Path) -> bytes:
    """What stands in a file of this user's: what anybody else has put there is not opened.

    Raises:
        OSError: there is none, or it is another user's, a link or a pipe.
    """
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | _NO_OTHER)) as file:
        about = os.fstat(file.fileno())
        owner = os.geteuid() if hasattr(os, "geteuid") else about.st_uid
        if not stat.S_ISREG(about.st_mode) or about.st_uid != owner:
            raise PermissionError(f"{path} is somebody else's")
        return file.read()


def key_of(weights: Weights, config: AnyNetworkConfig, front_end: FrontEnd) -> str:
    """What a graph is made of, as 64 hexadecimal digits."""
    made_of = hashlib.sha256(_MADE_BY + repr((config, front_end)).encode())
    for name in sorted(weights):
        made_of.update(f"{name} {weights[name].shape}".encode())
        made_of.update(np.ascontiguousarray(weights[name]).data)
    return made_of.hexdigest()


def _opened(weights: Weights, config: AnyNetworkConfig, front_end: FrontEnd) -> Any:
    """A session of ONNX Runtime; the last few are shared by all who load the same network."""
    import onnxruntime

    key = key_of(weights, config, front_end)
    with _one_at_a_time:
        if key not in _open:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.log_severity_level = 3  # errors
            graph = kept_graph(weights, config, front_end)
            providers = ["CPUExecutionProvider"]
            _open[key] = onnxruntime.InferenceSession(graph, options, providers=providers)
        _open[key] = found = _open.pop(key)  # now the last
        for oldest in list(_open)[:-_MOST_OPEN]:
            del _open[oldest]
    return found
