"""One verdict: seconds and processor seconds by engine and threads, alone and beside another.

python -m benchmarks.speed.verdict [--clips 20] [--detector fan]

Every row is a process of its own; rows are measured in turn, over and over, so that a machine that
is busy with something else slows all of them alike. "Beside" means that a second process multiplies
matrices on as many threads as there are processors. The last lines say where the time goes, what
the networks multiply, and what one processor can multiply, measured by a product of matrices.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.speed.files import make

ROWS = {
    "as shipped: one thread": ("shipped", 0),
    "a window a thread": ("windows", 0),
    "ONNX Runtime's own threads, spinning": ("spinning", 0),
    "ONNX Runtime's own threads, waiting": ("waiting", 0),
    "torch, one thread": ("torch", 1),
    "torch, a thread a processor": ("torch", 0),
}
BUSY = "import numpy as np\na = np.random.rand(1500, 1500)\nwhile True: a @ a"
WORK = """
import json, os, sys, time
import numpy as np
from mimimi import Detector, audio
from mimimi.networks import session
from mimimi.processors import processors
from mimimi.simulate import simulate_clip

engine, name, clips = sys.argv[1], sys.argv[2], int(sys.argv[3])
detector = Detector.from_pretrained(name)
if engine == "torch":
    import torch
    torch.set_num_threads(processors())
    detector = detector.on("cpu:0")
elif engine == "windows":
    from concurrent.futures import ThreadPoolExecutor
    threads, one_after_another = ThreadPoolExecutor(processors()), session.Session.run
    def side_by_side(self, windows):
        each = list(threads.map(lambda window: one_after_another(self, window[None]), windows))
        return [np.concatenate(outputs) for outputs in zip(*each, strict=True)]
    session.Session.run = side_by_side
elif engine != "shipped":
    def opened(*network):
        import onnxruntime
        graph = session.kept_graph(*network)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = processors()
        spins = "1" if engine == "spinning" else "0"
        options.add_session_config_entry("session.intra_op.allow_spinning", spins)
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    session._opened = opened
    session.Session.run = lambda self, windows: self._session.run(None, {"spectrum": windows})
clip = audio.from_array(simulate_clip(detector.machine_type, "id_50", clip=900), 16_000)
detector.measure(clip)
took = []
for _ in range(clips):
    began = time.perf_counter(), time.process_time()
    detector.measure(clip)
    took.append((time.perf_counter() - began[0], time.process_time() - began[1]))
print(json.dumps(took))
"""


@contextmanager
def busy(is_so: bool) -> Iterator[None]:
    """Another process at work, which spares nothing."""
    if not is_so:
        yield
        return
    process = subprocess.Popen([sys.executable, "-c", BUSY])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def measured(engine: str, threads: int, detector: str, clips: int) -> list[list[float]]:
    """Seconds and processor seconds of each clip, warm."""
    own = {"OMP_NUM_THREADS": str(threads)} if threads else {}
    shared = {name: of for name, of in os.environ.items() if name != "OMP_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", WORK, engine, detector, str(clips)],
        env=shared | own,
        check=True,
        capture_output=True,
        text=True,
    )
    found: list[list[float]] = json.loads(done.stdout)
    return found


def multiplications(detector: str) -> float:
    """Multiplications and additions of a clip of 10 s in the networks' convolutions, in 1e9."""
    from mimimi import Detector
    from mimimi.config import NetworkConfig
    from mimimi.networks.architecture import blocks, sizes

    total = 0.0
    for member in Detector.from_pretrained(detector).ensemble.networks:
        if not isinstance(member.config.network, NetworkConfig):
            continue  # a hundredth of it
        of, channels = member.config.front_end, 1
        left = sizes(member.config.network, of)
        for (kernel, _, width), size in zip(blocks(member.config.network), left, strict=True):
            total += 4 * 2 * channels * width * kernel[0] * kernel[1] * size[0] * size[1]
            channels = width
        total *= -(-of.segment_frames // of.window_frames)
    return total / 1e9


def peak() -> float:
    """What one processor multiplies and adds a second, in 1e9, by a product of matrices."""
    import onnxruntime

    from mimimi.networks.graph_builder import Graph

    graph, side = Graph(), 2048
    matrix = np.random.default_rng(0).random((side, side), np.float32)
    graph.add("MatMul", "x", matrix, to="y")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    model = graph.model({"x": [side, side]}, {"y": [side, side]})
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    took = []
    for _ in range(9):
        began = time.thread_time()
        session.run(None, {"x": matrix})
        took.append(time.thread_time() - began)
    return 2 * side**3 / min(took) / 1e9


def parts(name: str, clips: int) -> dict[str, float]:
    """Where the seconds of a processor go that one thread takes for a FLAC of three channels."""
    from mimimi import Detector, audio
    from mimimi.features.segment_spectra import ArraySpectra
    from mimimi.features.segments import split

    detector = Detector.from_pretrained(name)
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), 1)
        (file,) = Path(folder).iterdir()
        waveform = audio.read(file)
        sounds = np.stack([of.samples for of in split(waveform, detector.front_end)])
        found = {
            "decoding": _seconds(lambda: soundfile.read(file, dtype="float32"), clips),
            "reading, decoding included": _seconds(lambda: audio.read(file), clips),
        }
    spectra = ArraySpectra(sounds)
    for member in detector.ensemble.members:  # each front end is computed for the first of them
        found[member.config.name] = _seconds(partial(member.forward, spectra), clips)
    whole = _seconds(lambda: detector.measure(waveform), clips)
    found["spectra, and the rest of measuring"] = whole - sum(
        found[member.config.name] for member in detector.ensemble.members
    )
    return found | {"all of it": whole + found["reading, decoding included"]}


def _seconds(work: Callable[[], object], times: int) -> float:
    work()
    took = []
    for _ in range(times):
        began = time.thread_time()
        work()
        took.append(time.thread_time() - began)
    return float(np.median(took))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--detector", default="fan")
    parser.add_argument("--clips", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    for beside in (False, True):
        took: dict[str, list[list[float]]] = {row: [] for row in ROWS}
        with busy(beside):
            for _ in range(options.rounds):
                for row, (engine, threads) in ROWS.items():
                    took[row] += measured(engine, threads, options.detector, options.clips)
        print("beside another process" if beside else "alone")
        first = np.median(took[next(iter(ROWS))], axis=0)[0]
        for row, found in took.items():
            seconds, processor = np.median(found, axis=0)
            print(f"  {row:38} {seconds:7.3f} s {processor:7.3f} s CPU {seconds / first:6.1f} x")
    for name, seconds in parts(options.detector, options.clips).items():
        print(f"  {name:38} {seconds:7.4f} s CPU")
    needs, can = multiplications(options.detector), peak()
    print(f"{needs:.1f} GFLOP a clip; a processor does {can:.0f} a second: {needs / can:.3f} s")


if __name__ == "__main__":
    main()
