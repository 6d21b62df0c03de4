"""Minutes that a training of the recipe `ensemble` takes, by threads, alone and beside another.

python -m benchmarks.speed.training DATA [--code FOLDER ...] [--threads 1 2] [--beside]

A run of the recipe with an epoch of the paper's network and two of the others, all else as it is:
the last epoch of each network counts as often as the recipe has it, and what is no epoch once.
`--code` names other states of the code, such as a `git worktree` of an earlier one, measured in
turn with this one. `--beside`: while a second process multiplies matrices on as many threads as
there are processors. "Spinning" is OMP_WAIT_POLICY=active, in place of what MIMIMI sets.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.speed.verdict import busy

_COLUMNS = ("complex", "lines", "once", "whole", "cores")
WORK = """
import json, sys, tempfile, time
from dataclasses import replace
from pathlib import Path
from mimimi.recipes import recipe
from mimimi.training.pipeline import make_detectors

try:
    from mimimi.training.heap import keep_freed_memory
except ImportError:  # an earlier state of the code
    pass
else:
    keep_freed_memory()

chosen, epochs = recipe("ensemble"), {}
members = []
for member in chosen.members:
    epochs[member.name] = member.training.epochs
    few = 1 if member.name == "complex" else 2
    training = replace(member.training, epochs=few, precision=sys.argv[2])
    members.append(replace(member, training=training))
with tempfile.TemporaryDirectory() as folder:
    began, cpu = time.monotonic(), time.process_time()
    make_detectors(
        [Path(sys.argv[1])], ["fan", "pump", "slider", "valve"],
        replace(chosen, members=tuple(members)), Path(folder, "run"), say=lambda line: None,
    )
    took, cpu = time.monotonic() - began, time.process_time() - cpu
    lines = Path(folder, "run", "metrics.jsonl").read_text().splitlines()
told = [line for line in map(json.loads, lines) if line.get("seconds")]
last = {line["member"]: line["seconds"] for line in told}
once = took - sum(line["seconds"] for line in told)
whole = {name: epochs[name] * seconds for name, seconds in last.items()}
print(json.dumps({"once": once, "whole": whole, "cpu": cpu, "took": took}))
"""


def measured(code: Path, data: Path, threads: int, policy: str, precision: str) -> dict[str, float]:
    """Minutes of the parts of a run, by another process."""
    kept = {name: of for name, of in os.environ.items() if not name.startswith("OMP_")}
    own = {"OMP_NUM_THREADS": str(threads), "PYTHONPATH": str(code)}
    waiting = {"OMP_WAIT_POLICY": policy} if policy else {}
    done = subprocess.run(
        [sys.executable, "-c", WORK, str(data.resolve()), precision],
        cwd=code,
        env=kept | own | waiting,
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout)
    of_complex = found["whole"].pop("complex")
    return {
        "complex": of_complex / 60,
        "lines": sum(found["whole"].values()) / 60,
        "once": found["once"] / 60,
        "cores": found["cpu"] / found["took"],
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row as it comes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--code", type=Path, nargs="*", default=[])
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--precision", nargs="*", default=["float32"], help="as `train` takes it")
    parser.add_argument("--beside", action="store_true", help="beside another process")
    options = parser.parse_args(arguments)
    here = Path(__file__).resolve().parents[2]
    print("beside another process" if options.beside else "alone")
    print(f"{'minutes':<44}" + "".join(f"{of:>10}" for of in _COLUMNS))
    codes = [here, *(code.resolve() for code in options.code)]
    for threads in options.threads:
        for policy in ("", "active") if threads > 1 else ("",):
            for precision in options.precision:
                for code in codes:
                    with busy(options.beside):
                        took = measured(code, options.data, threads, policy, precision)
                    which = "this code" if code == here else code.name
                    spinning = ", spinning" if policy else ""
                    name = f"{which}, {threads} threads{spinning}, {precision}"
                    whole = took["complex"] + took["lines"] + took["once"]
                    parts = (took["complex"], took["lines"], took["once"], whole)
                    said = "".join(f"{part:10.1f}" for part in parts)
                    print(f"{name:<44}{said}{took['cores']:10.2f}", flush=True)


if __name__ == "__main__":
    main()
