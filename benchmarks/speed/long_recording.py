"""Peak memory and seconds for a long recording: read alone, and judged.

python -m benchmarks.speed.long_recording [DETECTOR] [--hours 1] [--rate 48000] [--channels 2]

The recording is noise that is written to a temporary folder; each step runs in a process of its
own, whose peak is compared with that of the same process before it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile

READ = "from mimimi.audio import read; import scipy.signal; begin(); w = read(sys.argv[1])"
JUDGE = (
    "from mimimi.detector.detector import Detector; d = Detector.from_pretrained(sys.argv[2]); "
    "w = d.analyse((np.random.randn(160_000) / 9, 16_000)); begin(); w = d.analyse(sys.argv[1])"
)
MEASURED = """
import json, resource, sys, time
import numpy as np
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
def begin(): global first, began; first, began = peak(), (time.perf_counter(), time.process_time())
{work}
ended = time.perf_counter(), time.process_time()
print(json.dumps([first, peak(), ended[0] - began[0], ended[1] - began[1], w.seconds]))
"""


def write_noise(path: Path, hours: float, rate: int, channels: int) -> None:
    rng = np.random.default_rng(0)
    with soundfile.SoundFile(path, "w", rate, channels, "PCM_16") as file:
        for _ in range(round(hours * 360)):
            file.write(0.1 * rng.standard_normal((10 * rate, channels), np.float32))


def measure(title: str, work: str, *arguments: object) -> None:
    command = [sys.executable, "-c", MEASURED.format(work=work), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    before, peak, seconds, processor, length = json.loads(done.stdout)
    print(
        f"  {title:<8}{seconds:>8.1f} s ({processor:.1f} s of processor time), peak {peak:.0f} "
        f"MiB, of it {before:.0f} MiB before; {length / 3600:.2f} h were taken in"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("detector", nargs="?", help="as for score; without it: reading only")
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--rate", type=int, default=48_000, metavar="HZ")
    parser.add_argument("--channels", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("wav", "flac"):
            path = Path(folder) / f"long.{kind}"
            write_noise(path, options.hours, options.rate, options.channels)
            print(f"{path.name}, {options.hours:g} h, {path.stat().st_size / 2**20:.0f} MiB")
            measure("read", READ, path)
            if options.detector and kind == "wav":
                measure("judge", JUDGE, path, options.detector)
            path.unlink()


if __name__ == "__main__":
    main()
