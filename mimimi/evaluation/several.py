"""Several detectors, one for each machine type: found by one word, evaluated together.

A `Trial` is an evaluation clip by clip: whoever shows it may leave between two clips and go on.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mimimi.data.index import Recording
from mimimi.detector.detector import Detector
from mimimi.detector.locate import bundled
from mimimi.errors import CorpusError, DetectorError
from mimimi.evaluation.clips import ScoredClip
from mimimi.evaluation.judging import score, to_judge
from mimimi.evaluation.result import Evaluation


def load(name: str) -> list[Detector]:
    """Load one or several detectors, of one machine type each.

    Args:
        name: a detector's name or folder; a folder that holds detectors, as `train` without
            `--type` leaves it; several of these with commas between them; or "all" for the
            bundled ones. What exists under the whole name is taken first.

    Raises:
        DetectorError: one of them is missing or damaged, or two judge the same type.

    Example::

        fan, pump = load("fan,pump")
    """
    found: dict[str, str] = {}
    detectors = []
    for one in _names(name):
        detector = Detector.from_pretrained(one)
        if detector.machine_type in found:
            raise DetectorError(
                f"{found[detector.machine_type]} and {one} both judge {detector.machine_type}; "
                "evaluate them one at a time."
            )
        found[detector.machine_type] = one
        detectors.append(detector)
    return detectors


@dataclass
class Trial:
    """An evaluation under way.

    `passed_over` says, a sentence each, which detectors have no recordings to judge.
    """

    waiting: deque[tuple[Detector, Recording]]
    unknown: Counter[str]  # as of an `Evaluation`
    passed_over: list[str]
    clips: list[ScoredClip] = field(default_factory=list)

    @classmethod
    def begin(
        cls,
        detectors: Sequence[Detector],
        recordings: Sequence[Recording],
        split: str | None = None,
    ) -> Trial:
        """Find out what is to be judged; nothing is judged yet.

        Args:
            detectors: of different machine types.
            recordings: of all their types.
            split: as for `evaluate`.

        Raises:
            CorpusError: there is nothing to judge for any of them.
        """
        waiting: deque[tuple[Detector, Recording]] = deque()
        unknown: Counter[str] = Counter()
        nothing: list[CorpusError] = []
        for detector in detectors:
            try:
                known, others = to_judge(detector, recordings, split)
            except CorpusError as error:
                nothing.append(error)
                continue
            waiting += [(detector, recording) for recording in known]
            unknown += others
        if len(nothing) == len(detectors):
            raise nothing[0]
        return cls(waiting, unknown, [str(error) for error in nothing])

    @property
    def total(self) -> int:
        """Of clips, judged and waiting."""
        return len(self.clips) + len(self.waiting)

    def step(self) -> ScoredClip:
        """Judge the next clip.

        Raises:
            IndexError: none is waiting.
        """
        clip = score(*self.waiting[0])
        self.clips.append(clip)
        self.waiting.popleft()
        return clip

    @property
    def evaluation(self) -> Evaluation:
        """What has come of it so far."""
        return Evaluation(list(self.clips), self.unknown)


def evaluate_all(
    detectors: Sequence[Detector],
    recordings: Sequence[Recording],
    *,
    split: str | None = None,
    log: Callable[[str], None],
    on_clip: Callable[[str], None],
) -> Evaluation:
    """One evaluation of detectors of different machine types.

    Args:
        detectors: as `load` gives them.
        recordings: of all their types; a type without recordings is passed over and said.
        split: as for `evaluate`.
        log: told, a sentence at a time, what was passed over.
        on_clip: told after each clip how far it is.

    Raises:
        CorpusError: there is nothing to judge for any of them.
    """
    trial = Trial.begin(detectors, recordings, split)
    for sentence in trial.passed_over:
        log(sentence)
    of_type = Counter(recording.machine_type for _, recording in trial.waiting)
    done: Counter[str] = Counter()
    while trial.waiting:
        kind = trial.step().recording.machine_type
        done[kind] += 1
        on_clip(f"{kind}: {done[kind]} of {of_type[kind]} recordings")
    return trial.evaluation


def _names(name: str) -> list[str]:
    shipped = bundled()
    if name in shipped:
        return [name]
    folder = Path(name)
    if (folder / "config.json").is_file():
        return [name]
    if inside := sorted(str(path.parent) for path in folder.glob("*/config.json")):
        return inside
    if name == "all":
        if not shipped:
            raise DetectorError("No detectors are bundled here; give a folder or a Hub repo.")
        return sorted(shipped)
    if "," in name and not folder.exists():
        return [one for part in name.split(",") if part for one in _names(part)] or [name]
    return [name]
