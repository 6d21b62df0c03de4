"""What several files of tests share: sounds made with numpy, and a detector that never trained."""

from __future__ import annotations

import copy
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from hub_server import HubServer
from last_place import alter_simulated
from ray_cluster import RayCluster
from torch import Tensor
from xdist.scheduler import LoadScopeScheduling

from mimimi import unexpected
from mimimi.config import SAMPLE_RATE, FrontEnd, NetworkConfig
from mimimi.detector.calibration import calibrate
from mimimi.detector.config import DetectorConfig, MemberConfig
from mimimi.detector.detector import Detector
from mimimi.detector.ensemble import Ensemble
from mimimi.detector.member import NetworkMember
from mimimi.networks.detector_network import DetectorNetwork

pytest_plugins = ["one_browser"]
torch.set_num_threads(1)

IDS = ["id_00", "id_02"]


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Runs that tests begin are not listed among the user's."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("home")
        patch.setenv("MIMIMI_HOME", str(folder))
        yield folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--another-processor",
        action="store_true",
        help="alter every simulated clip in the last place of 16 bits, in all tests",
    )


class Together(LoadScopeScheduling):
    """Of the processes that tests run in, one has the app and Chromium, and one the Ray cluster.

    All else stays together by file, so that fixtures of a module are made once.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.startswith("tests/browser/"):
            return "browser"
        return "cluster" if file.endswith("_on_ray.py") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """By which tests are dealt out."""
    return Together(config, log)


@pytest.fixture(autouse=True)
def _nothing_unexpected(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a front end makes a sentence of is a failure here, unless a test planted it."""
    noted: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = noted.append  # type: ignore[method-assign]
    unexpected.logger.addHandler(handler)
    yield
    unexpected.logger.removeHandler(handler)
    if noted and not request.node.get_closest_marker("planted"):
        raise AssertionError("an unexpected exception") from noted[0].exc_info[1]


@pytest.fixture(scope="session", autouse=True)
def _as_asked(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if request.config.getoption("--another-processor"):
            alter_simulated(patch)
        yield


@pytest.fixture
def another_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated sound as a processor makes it whose sines differ, and then some."""
    alter_simulated(monkeypatch)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real recordings beside the repository, where there are any."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "real" / "index.csv").is_file():
        pytest.skip("no real recordings in ../shared/real")
    return folder


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def hum() -> Callable[..., np.ndarray]:
    """A machine that hums in noise: float32 `(time,)`."""

    def make(
        seconds: float = 10.0, rate: int = SAMPLE_RATE, hertz: float = 440.0, seed: int = 0
    ) -> np.ndarray:
        time = np.arange(round(seconds * rate)) / rate
        noise = np.random.default_rng(seed).standard_normal(len(time))
        tones = sum(np.sin(2 * np.pi * k * hertz * time) / k for k in (1, 2, 3))
        return (0.1 * tones + 0.03 * noise).astype(np.float32)

    return make


@pytest.fixture(scope="session")
def rotated() -> Callable[[Tensor, float], Tensor]:
    """Turn the phase of a complex feature map `(batch, 2 C, frequency, time)`."""

    def turn(x: Tensor, angle: float) -> Tensor:
        real, imag = x.chunk(2, dim=1)
        turned = torch.complex(real, imag) * np.exp(1j * angle)
        return torch.cat((turned.real, turned.imag), dim=1)

    return turn


@pytest.fixture(scope="session")
def untouched_detector() -> Detector:
    """Random weights, running statistics of noise, a calibration written by hand."""
    config = NetworkConfig(width=0.1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = DetectorNetwork(len(IDS), config)
        for _ in range(20):
            network(torch.randn(8, 2, 513, 64))
    network.eval()
    scores = {"id_00": [0.2 + k / 50 for k in range(19)], "id_02": [0.3, 0.9, 0.6]}
    calibration = calibrate(
        {"given": scores, "inferred": {i: [s / 2 for s in scores[i]] for i in IDS}},
        dict.fromkeys(IDS, "MIMII"),
    )
    member = MemberConfig("paper", FrontEnd(), config, tuple(f"fan {i}" for i in IDS))
    return Detector(
        DetectorConfig(machine_type="fan", ids=tuple(IDS), calibration=calibration),
        Ensemble([NetworkMember.of("fan", IDS, member, network)]),
    )


@pytest.fixture(scope="session")
def saved_detector(untouched_detector: Detector, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its folder, to be read only."""
    folder = tmp_path_factory.mktemp("detector")
    untouched_detector.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def fan_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated fan that runs well, to be read only."""
    from mimimi.simulate import simulate_clip

    path = tmp_path_factory.mktemp("good") / "good.wav"
    soundfile.write(path, simulate_clip("fan", "id_50"), SAMPLE_RATE)
    return path


@pytest.fixture
def small_detector(untouched_detector: Detector) -> Detector:
    """A copy of it, to do with as a test likes."""
    return copy.deepcopy(untouched_detector)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A Hub of this machine, an empty cache, and no token at hand."""
    import huggingface_hub.constants as constants

    hub = HubServer()
    template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, hub.url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)  # as HF_ENDPOINT sets it at import
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no token"))
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path / "home"))
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "MIMIMI_HUB_NAMESPACE", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(time, "sleep", lambda _, sleep=time.sleep: sleep(0.01))  # before retries
    yield hub
    hub.close()


@pytest.fixture
def saved(small_detector: Detector, tmp_path: Path) -> Path:
    """Its folder."""
    small_detector.save_pretrained(tmp_path / "saved")
    return tmp_path / "saved"


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two simulated fans."""
    from mimimi.cli import main

    root = tmp_path_factory.mktemp("corpus")
    assert main(["simulate", str(root), "--types", "fan", "--ids", "2", "--clips", "4"]) == 0
    return root


@pytest.fixture(scope="session")
def run(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A detector of theirs, trained from the command line."""
    from mimimi.cli import main

    out = tmp_path_factory.mktemp("run") / "fan"
    command = ["train", str(corpus), "--type", "fan", "--out", str(out), "--epochs", "1"]
    assert main([*command, "--device", "cpu"]) == 0
    return out


@pytest.fixture
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Nobody's runs but the test's own."""
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session", autouse=True)
def _token() -> Iterator[None]:
    """Of the cluster; Ray reads the mode once, as it is imported by whichever test comes first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "token")
        patch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(32))
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[RayCluster]:
    """A Ray cluster of two cores, on this machine alone."""
    pytest.importorskip("ray", reason="Ray is not installed (requirements-cluster.txt)")
    with RayCluster() as running:
        yield running


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Nobody's jobs; what still runs at the end is killed."""
    from job_watching import end_all

    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path / "home"))
    yield tmp_path / "home" / "runs"
    monkeypatch.setenv("MIMIMI_JOBS_AT_ONCE", "1")
    end_all()
