"""What a person reads in the folder of an exported detector, and the program that judges by it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector
    from mimimi.detector.memory_member import MemoryMember

_PROGRAM = """\
import json, os, sys, wave
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # else ONNX Runtime tells its makers that it ran
import numpy as np, onnxruntime
here = os.path.join(os.path.dirname(sys.argv[0]), "")
about = json.load(open(here + "detector.json", encoding="utf-8"))
path, machine = sys.argv[1], (sys.argv[2:] or about["ids"])[0]
with wave.open(path) as file:  # 16 kHz, 16 bits; of several channels the first
    assert (file.getframerate(), file.getsampwidth()) == (16_000, 2), "16 kHz and 16 bits, please"
    sound = np.frombuffer(file.readframes(-1), "<i2")[:: file.getnchannels()] / np.float32(32_768)
graph = onnxruntime.InferenceSession(here + "detector.onnx", providers=["CPUExecutionProvider"])
last = max(0, len(sound) - 160_000)  # segments of 10 s, every 5 s; what is shorter is repeated
cut = [np.resize(sound[start:], 160_000) for start in (*range(0, last, 80_000), last)]
found = [np.mean(of, axis=0) for of in zip(*(graph.run(None, {"samples": s}) for s in cut))]
score = float(found[0][about["ids"].index(machine)])
THRESHOLD
word = "normal" if score <= threshold else "unusual" if score > threshold else "silent"
print(f"{machine}: {word}, {score:.3f}, threshold {threshold:.3f}SAID")
sys.exit(int(word != "normal"))
"""

_TRAINED = 'threshold = about["thresholds"][machine]'
_LEARNT = """\
normal = np.sort(score + found[1])  # what the normal recordings score as this one is compared
threshold, p_value = normal[about["rank"]], (1 + sum(normal >= score)) / (1 + len(normal))"""
_OF_STATES = """\
own = dict(enumerate(about["states"])).get(float(found[2].mean()), about)  # 0, 1; between: neither
normal = np.sort(score + found[1][own["recordings"]])  # what those of its state score
threshold, p_value = normal[own["rank"]], (1 + sum(normal >= score)) / (1 + len(normal))"""


def program(member: MemoryMember | None) -> str:
    """The lines that judge a clip.

    Args:
        member: the memory that judges alone, with a threshold of its own a recording, if one does.
    """
    if member is None:
        threshold, said = _TRAINED, ""
    elif member.states is None:
        threshold, said = _LEARNT, ", p-value {p_value:.2g}"
    else:
        threshold, said = _OF_STATES, ", p-value {p_value:.2g}, state {own['state']}"
    return _PROGRAM.replace("THRESHOLD", threshold).replace("SAID", said)


def command(detector: Detector) -> str:
    """What judges a clip, in the folder; of several machines it names the first."""
    named = detector.ids[:1] if len(detector.ids) > 1 else ()
    return shlex.join(["python", "judge.py", "clip.wav", *named])


_STATES = """
This machine has two states, such as idle and load. A clip is judged by the normal recordings of its
own state, as MIMIMI does, and by all where it is clearly of neither.
"""


def guide(detector: Detector) -> str:
    """The folder's README, Markdown."""
    member = detector.ensemble.memory
    machines = ", ".join(detector.ids)
    inside = "its memory" if member else "its networks"
    if detector.ensemble.memories:
        inside += " and memories"
    states = _STATES if member and member.states else ""
    return f"""# {detector.machine_type}: {machines}

One ONNX graph hears 10 s of sound at 16 kHz, with its front ends and {inside} inside, and gives a
score for each machine. `detector.json` holds the thresholds. Made by `mimimi export`; to judge a
clip:

```
pip install numpy onnxruntime
{command(detector)}
```

The exit code is 1 if the clip is unusual. `judge.py`, whole:

```python
{program(member)}```

What MIMIMI does beyond that and this does not: other formats and sample rates, mending of
recordings (offset, gaps, clipping), sound that a filter has cut off, unknown sounds, explanations.
Record at 16 kHz or more, without a telephone's noise suppression.
{states}"""
