"""What a detector has seen normal recordings score, and the thresholds that follow from it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from mimimi.detector.threshold import DEFAULT_FALSE_ALARM_RATE, Threshold, conformal, youden

Mode = Literal["given", "inferred"]
Scores = Mapping[str, Sequence[float]]  # of recordings, by machine id
ENOUGH = round(1 / DEFAULT_FALSE_ALARM_RATE) - 1
"""Recordings with which a machine is judged by its own scores alone: 19 promise 5 %."""


@dataclass(frozen=True)
class CalibratedThreshold:
    """A threshold with the machines it judges and those whose recordings are behind it."""

    mode: Mode
    judges: tuple[str, ...]
    pooled: tuple[str, ...]
    threshold: Threshold


@dataclass(frozen=True)
class Calibration:
    """Sorted scores of normal recordings per mode and id, and thresholds from them.

    The mode is `given` where the machine id is told and `inferred` where the most similar one is
    taken; there, recordings count for the id that was inferred, so that either way a recording is
    compared with recordings treated like itself.
    """

    scores: dict[Mode, dict[str, list[float]]]
    thresholds: list[CalibratedThreshold]

    def threshold(self, mode: Mode, machine_id: str) -> Threshold:
        """The conformal threshold that judges this machine."""
        return self._entry(mode, machine_id, "conformal").threshold

    def youden(self, mode: Mode, machine_id: str) -> Threshold | None:
        """The threshold of Youden's J for this machine, where anomalous recordings were at hand."""
        try:
            return self._entry(mode, machine_id, "youden").threshold
        except StopIteration:
            return None

    def normal_scores(self, mode: Mode, machine_id: str) -> list[float]:
        """Sorted scores of the recordings behind the conformal threshold."""
        entry = self._entry(mode, machine_id, "conformal")
        return sorted(s for pooled in entry.pooled for s in self.scores[mode].get(pooled, []))

    def _entry(self, mode: Mode, machine_id: str, kind: str) -> CalibratedThreshold:
        return next(
            entry
            for entry in self.thresholds
            if (entry.threshold.kind, entry.mode) == (kind, mode) and machine_id in entry.judges
        )

    def as_dict(self) -> dict[str, Any]:
        """As config.json holds it."""
        return {
            "calibration": self.scores,
            "thresholds": [
                {
                    "mode": entry.mode,
                    "judges": list(entry.judges),
                    "pooled": list(entry.pooled),
                    **asdict(entry.threshold),
                }
                for entry in self.thresholds
            ],
        }

    @classmethod
    def from_dict(cls, config: Mapping[str, Any]) -> Calibration:
        """Back from `as_dict`; KeyError, TypeError or ValueError where something is wrong.

        A number that is none is wrong: every score would be below it, every machine all right.
        """
        thresholds = [
            CalibratedThreshold(
                entry["mode"],
                tuple(entry["judges"]),
                tuple(entry["pooled"]),
                Threshold(
                    entry["kind"],
                    float(entry["value"]),
                    float(entry["false_alarm_rate"]),
                    int(entry["recordings"]),
                    str(entry["how"]),
                ),
            )
            for entry in config["thresholds"]
        ]
        scores = {
            mode: {str(i): sorted(map(float, s)) for i, s in by_id.items()}
            for mode, by_id in config["calibration"].items()
        }
        numbers = [entry.threshold.value for entry in thresholds]
        numbers += [s for by_id in scores.values() for found in by_id.values() for s in found]
        if not all(map(math.isfinite, numbers)):
            raise ValueError("calibration or thresholds")
        return cls(scores, thresholds)


def calibrate(
    normal: Mapping[Mode, Scores],
    corpora: Mapping[str, str],
    anomalous: Mapping[Mode, Scores] | None = None,
) -> Calibration:
    """Find thresholds, per mode, for every machine.

    A machine with recordings enough is judged by its own; others by all machines of their corpus,
    because recordings of one corpus share microphone, room and noise; where that has none, by all.

    Args:
        normal: scores of normal recordings held out from training.
        corpora: the corpus each id's recordings came from; its keys are all ids.
        anomalous: scores of anomalous recordings for Youden's J, not those it is reported on.

    Raises:
        ValueError: a mode has no normal recording at all.

    Example:
        >>> scores = {"id_00": [0.1, 0.3], "id_02": [0.2]}
        >>> found = calibrate({"given": scores, "inferred": scores}, dict.fromkeys(scores, "MIMII"))
        >>> found.threshold("given", "id_02").value
        0.3
    """
    thresholds = []
    for mode, by_id in normal.items():
        for judges, pooled in _groups(by_id, corpora):
            scores = [s for i in pooled for s in by_id.get(i, [])]
            thresholds.append(CalibratedThreshold(mode, judges, pooled, conformal(scores)))
            unusual = [s for i in judges for s in (anomalous or {}).get(mode, {}).get(i, [])]
            if unusual:
                found = youden(scores, unusual)
                thresholds.append(CalibratedThreshold(mode, judges, pooled, found))
    return Calibration(
        {mode: {i: sorted(s) for i, s in by_id.items() if s} for mode, by_id in normal.items()},
        thresholds,
    )


def calibrate_alone(machine_id: str, scores: Sequence[float]) -> Calibration:
    """Of a detector that knows one machine: whether it is told or inferred makes no difference."""
    by_id = {machine_id: scores}
    return calibrate({"given": by_id, "inferred": by_id}, {machine_id: ""})


def _groups(
    by_id: Scores, corpora: Mapping[str, str]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Pairs of (ids judged, ids pooled) that together judge every id once."""
    groups: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for corpus in sorted(set(corpora.values())):
        members = tuple(i for i in corpora if corpora[i] == corpus)
        on_their_own = [i for i in members if len(by_id.get(i, [])) >= ENOUGH]
        groups += [((i,), (i,)) for i in on_their_own]
        others = tuple(i for i in members if i not in on_their_own)
        if others:
            has_any = any(by_id.get(i) for i in members)
            groups.append((others, members if has_any else tuple(corpora)))
    return groups
