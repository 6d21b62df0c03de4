"""Every simulated fault: how well the bundled detectors tell it, with and without phase.

    python -m benchmarks.accuracy.faults [--clips 6] [--severity 1] [--tables docs]

Each machine's faulty clips stand against normal clips of the same machine, none of them learnt
from; machine id given; AUC is the mean over the four simulated machines of a type, with 95 %
bootstrap intervals over recordings. Columns: the whole detector; its memories of normal sound; its
networks of lines, which read power alone; its complex network; that network's magnitude and complex
branch by themselves.
"""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path

import numpy as np
import torch

from mimimi import audio
from mimimi.config import MACHINE_TYPES, SAMPLE_RATE
from mimimi.detector.detector import Detector
from mimimi.detector.member import NetworkMember, window_scores
from mimimi.estimate import Estimate
from mimimi.evaluation.metrics import mean, resample
from mimimi.features.segments import split
from mimimi.features.tensors import as_real, complex_spectrum, normalised, windows
from mimimi.files import replace_file
from mimimi.simulate import FAULTS, simulate_clip

FIRST_CLIP = 6_000_000  # takes that no corpus holds
COLUMNS = ("all", "memories", "lines", "complex network", "magnitude branch", "complex branch")


@torch.inference_mode()
def scores(detector: Detector, samples: audio.Samples, machine_id: str) -> dict[str, float]:
    """One clip's score by each column."""
    waveform = audio.from_array(samples, SAMPLE_RATE)
    measured, own = detector.measure(waveform), detector.ids.index(machine_id)
    by_member = {
        m.name: (float(measured.by_member[m.name][own]) - m.mean) / m.deviation
        for m in detector.ensemble.configs
    }
    (complex_,) = (m for m in detector.ensemble.members if m.config.name == "complex")
    assert isinstance(complex_, NetworkMember)
    member = complex_.config
    cut = np.stack([s.samples for s in split(waveform, member.front_end)])
    spectrum = as_real(normalised(complex_spectrum(torch.from_numpy(cut), member.front_end)))
    output = complex_.network(windows(spectrum, member.front_end.window_frames)[0])
    column = member.machines.index(f"{detector.machine_type} {machine_id}")
    return {
        "all": float(measured.ids[own]),
        "memories": by_member["memories"],
        "lines": float(np.mean([v for n, v in by_member.items() if n.startswith("lines")])),
        "complex network": by_member["complex"],
        "magnitude branch": float(window_scores(output.magnitude.numpy())[:, column].mean()),
        "complex branch": float(window_scores(output.complex.numpy())[:, column].mean()),
    }


def table(
    detector: Detector, machine_ids: list[str], clips: int, severity: float
) -> dict[str, dict[str, Estimate]]:
    """AUC by fault and column, mean over machines."""
    machine_type = detector.machine_type

    def measured(
        machine_id: str, first: int, count: int, fault: str | None
    ) -> list[dict[str, float]]:
        return [
            scores(
                detector,
                simulate_clip(
                    machine_type, machine_id, clip=first + k, fault=fault, severity=severity
                ),
                machine_id,
            )
            for k in range(count)
        ]

    normal = {i: measured(i, FIRST_CLIP, 2 * clips, None) for i in machine_ids}
    found = {}
    for n, fault in enumerate(FAULTS[machine_type], 1):
        faulty = {i: measured(i, FIRST_CLIP + 1_000 * n, clips, fault) for i in machine_ids}
        found[fault] = {
            column: mean(
                [
                    resample([s[column] for s in normal[i]], [s[column] for s in faulty[i]], seed=k)
                    for k, i in enumerate(machine_ids)
                ]
            ).estimate()
            for column in COLUMNS
        }
    return found


def main() -> None:
    """Print the table, and keep it as a CSV."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clips", type=int, default=6, help="faulty ones a machine; twice normal")
    parser.add_argument("--severity", type=float, default=1.0)
    parser.add_argument("--tables", type=Path, default=Path("docs"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    kept = io.StringIO()
    writer = csv.writer(kept, lineterminator="\n")
    ends = ("", "_low", "_high")
    writer.writerow(
        ["machine_type", "fault", "severity", *(f"{c}{e}" for c in COLUMNS for e in ends)]
    )
    print(f"AUC in percent at severity {options.severity:g}, -6 dB\n{'':32}", end="")
    print("".join(f"{column:>20}" for column in COLUMNS))
    for machine_type in MACHINE_TYPES:
        detector = Detector.from_pretrained(machine_type)
        machine_ids = [i for i in detector.ids if i >= "id_50"]
        for fault, columns in table(detector, machine_ids, options.clips, options.severity).items():
            cells = [columns[column] for column in COLUMNS]
            said = "".join(
                f"{f'{100 * e.value:.0f} [{100 * e.low:.0f}, {100 * e.high:.0f}]':>20}"
                for e in cells
            )
            print(f"{machine_type:8}{fault:24}{said}", flush=True)
            values = [f"{v:.3f}" for e in cells for v in (e.value, e.low, e.high)]
            writer.writerow([machine_type, fault, options.severity, *values])
    options.tables.mkdir(parents=True, exist_ok=True)
    replace_file(options.tables / "faults.csv", kept.getvalue().encode())


if __name__ == "__main__":
    main()
