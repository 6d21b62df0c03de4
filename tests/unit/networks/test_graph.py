"""ONNX Runtime judges as torch does, by graphs made from weights alone."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from mimimi.config import LINE_SPECTRUM, FrontEnd, LineSpectrumConfig, NetworkConfig
from mimimi.networks import session as sessions
from mimimi.networks.architecture import forms
from mimimi.networks.build import build, outputs_of
from mimimi.networks.graph import graph_of
from mimimi.networks.session import Session, kept_graph

CASES = [
    (NetworkConfig(width=0.2), FrontEnd()),
    (NetworkConfig(norm="modulus", attention="sigmoid", width=0.1), FrontEnd()),
    (NetworkConfig(width=0.2, first_stride=4), FrontEnd()),
    (NetworkConfig(width=0.1), FrontEnd(n_fft=256, hop_length=128, window_frames=31)),
    (LineSpectrumConfig(width=8, embedding=16), LINE_SPECTRUM),
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path))
    return tmp_path / "graphs"


def trained(config, n_classes: int = 3):
    """A network whose running statistics and slopes are none of those it begins with."""
    torch.manual_seed(0)
    network = build(n_classes, config)
    for name, of in network.state_dict().items():
        if "running_var" in name:
            of.uniform_(0.5, 2)
        elif of.dtype == torch.float32 and of.dim() == 1:
            of.add_(torch.randn_like(of) / 10)
    return network.eval()


def arrays(network) -> dict[str, np.ndarray]:
    return {name: of.numpy() for name, of in network.state_dict().items()}


def windows(config, front_end: FrontEnd, count: int = 3) -> np.ndarray:
    first = 1 if isinstance(config, LineSpectrumConfig) else 2
    shape = (count, first, front_end.n_frequencies, front_end.window_frames)
    found = np.random.default_rng(0).standard_normal(shape, np.float32)
    return found[..., 0] if first == 1 else found


@pytest.mark.parametrize(("config", "front_end"), CASES)
def test_both_engines_agree(config, front_end: FrontEnd) -> None:
    network, heard = trained(config), windows(config, front_end)
    found = Session(arrays(network), config, front_end).run(heard)
    expected = outputs_of(network, heard)
    assert [of.shape for of in found] == [of.shape for of in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5 * max(1, np.abs(other).max()))


@pytest.mark.parametrize(("config", "front_end"), CASES)
def test_what_is_expected_of_saved_weights_is_what_torch_saves(config, front_end) -> None:
    saved = build(5, config).state_dict()
    expected = {name: (tuple(of.shape), of.numpy().dtype) for name, of in saved.items()}
    assert forms(5, config) == expected


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Of each graph that is made, its size."""
    made: list[int] = []

    def count(*of) -> bytes:
        made.append(len(graph := graph_of(*of)))
        return graph

    monkeypatch.setattr(sessions, "graph_of", count)
    return made


def test_a_graph_is_made_once_and_anew_for_other_weights(home: Path, counted) -> None:
    config, front_end = CASES[-1]
    weights = arrays(trained(config))
    graph = kept_graph(weights, config, front_end)
    assert kept_graph(weights, config, front_end) == graph
    assert len(counted) == len(list(home.iterdir())) == 1
    weights["centres"] = weights["centres"] + 1
    assert kept_graph(weights, config, front_end) != graph
    assert len(counted) == 2


@pytest.mark.parametrize("damage", [b"", b"\0" * 100, None])
def test_a_kept_graph_that_is_damaged_is_made_anew(home: Path, counted, damage) -> None:
    config, front_end = CASES[-1]
    weights = arrays(trained(config))
    graph = kept_graph(weights, config, front_end)
    (path,) = home.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if damage is None else damage)
    assert kept_graph(weights, config, front_end) == graph
    assert path.read_bytes() == whole
    assert len(counted) == 2


def test_what_somebody_else_put_there_is_not_opened(
    home: Path, counted, tmp_path: Path, monkeypatch
) -> None:
    """Be it a graph that is whole, under the name of the one asked for."""
    config, front_end = CASES[-1]
    weights = arrays(trained(config))
    graph = kept_graph(weights, config, front_end)
    (path,) = home.iterdir()
    whole = path.read_bytes()

    kept_graph({**weights, "centres": weights["centres"] + 1}, config, front_end)
    (other,) = set(home.iterdir()) - {path}
    other.replace(path)  # another network's
    assert kept_graph(weights, config, front_end) == graph
    assert len(counted) == 3

    (tmp_path / "elsewhere").write_bytes(whole)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    assert kept_graph(weights, config, front_end) == graph
    assert len(counted) == 4
    assert not path.is_symlink()

    path.unlink()
    os.mkfifo(path)  # nobody writes to it
    assert kept_graph(weights, config, front_end) == graph
    assert len(counted) == 5
    assert kept_graph(weights, config, front_end) == graph
    assert len(counted) == 5

    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    assert kept_graph(weights, config, front_end) == graph
    assert len(counted) == 6


def test_where_nothing_can_be_written_nothing_is_kept(home: Path, counted) -> None:
    home.write_text("no folder")
    config, front_end = CASES[-1]
    weights = arrays(trained(config))
    for _ in range(2):
        assert kept_graph(weights, config, front_end)
    assert len(counted) == 2


def test_no_more_graphs_are_kept_than_a_disk_should_hold(home: Path, monkeypatch) -> None:
    monkeypatch.setattr(sessions, "_MOST", 2)
    config, front_end = CASES[-1]
    weights = arrays(trained(config))
    for shift in range(4):
        kept_graph({**weights, "centres": weights["centres"] + shift}, config, front_end)
    assert len(list(home.iterdir())) == 2


def test_threads_that_wait_do_not_spin() -> None:
    """Whatever numpy was built with takes no threads of its own beside those of the verdicts."""
    script = (
        "import json, os, mimimi, numpy, threadpoolctl; "
        "print(json.dumps([[of['num_threads'] for of in threadpoolctl.threadpool_info()"
        " if of['user_api'] == 'blas'], os.environ['OMP_WAIT_POLICY']]))"
    )
    given = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "OMP_WAIT_POLICY")
    environment = {name: of for name, of in os.environ.items() if name not in given}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    )
    assert json.loads(done.stdout) == [[1], "passive"]
