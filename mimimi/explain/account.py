"""What is said of one recording: every sentence about it, written from the same evidence.

On the page, on the command line, in alarms and reports the same is said, and no sentence may
contradict another: what evidence of two kinds does not agree on is said of one of them only, the
one behind the score. A reason that says nothing is not said.
"""

from __future__ import annotations

from dataclasses import dataclass

from mimimi.detector.verdict import Verdict, compared
from mimimi.explain.evidence import Explanation
from mimimi.explain.finding import consistent
from mimimi.explain.nearest import Neighbour
from mimimi.names import called


@dataclass(frozen=True)
class Account:
    """The evidence on a recording, and what may be said of it.

    Args:
        verdict: on it.
        found: what raised its score, where it is unusual and that is known.
        beside: the nearest normal recording, where one is kept.

    Example:
        >>> known = {"calibration_scores": [0.1, 0.2], "calibration_clips": 2, "score": 0.9}
        >>> Account(Verdict("a.wav", "fan", "id_00", True, is_anomalous=True, **known)).sentence
        'None of 2 normal recordings sounded this unusual.'
    """

    verdict: Verdict
    found: Explanation | None = None
    beside: Neighbour | None = None

    @property
    def reason(self) -> str | None:
        """What is unusual; None where it is not, or nothing can be said that says anything."""
        return self.found.reason if self.found and self.verdict.is_anomalous else None

    @property
    def sentence(self) -> str | None:
        """The one under the verdict: the fault it is like, the reason, and how rare it is."""
        like = f"like {self.verdict.like}" if self.verdict.like else None
        said = ": ".join(part for part in (like, self.reason) if part)
        whole = "; ".join(part for part in (said, compared(self.verdict)) if part)
        return f"{whole[0].upper()}{whole[1:]}." if whole else None

    @property
    def about_spectra(self) -> str | None:
        """Beside the two spectra: how they differ, which need not be how it differs from all."""
        if not self.beside or not self.verdict.is_anomalous:
            return None
        said = self.found.findings if self.found else ()
        if told := consistent(self.beside.differences, said):
            differ = ", ".join(finding.text for finding in told)
            return f"Beside this normal recording alone, on average: {differ}."
        if self.beside.differences:  # all of it against what was said
            return None
        if said:
            return (
                "Averages over the whole recording, beside one normal recording alone: a single "
                "tone, a rhythm or short peaks may not show in them."
            )
        return "What is unusual about it does not stand out in these spectra."

    @property
    def about_shares(self) -> str | None:
        """Whether magnitude or phase raised the score."""
        share = self.found.share if self.found and self.reason else None
        return f"What raised the score: {share}." if share else None

    @property
    def resembles(self) -> str | None:
        """Which of the machines that it could be it is most like; that makes it no more normal."""
        probabilities, judged = self.verdict.probabilities, self.verdict.machine_id
        if len(probabilities) < 2 or judged is None or self.verdict.is_anomalous is None:
            return None
        kind = self.verdict.machine_type
        most = max(probabilities, key=lambda name: probabilities[name])
        unusual = self.verdict.is_anomalous
        if most == judged:
            still = f"Still more like {called(kind, judged)} than like any other {kind} known here"
            own = ", but unlike its normal recordings."
            return still + own if unusual else f"Most like {called(kind, judged)}, as it should be."
        if unusual:
            return f"More like {called(kind, most)} than like {called(kind, judged)}."
        return f"Within what is normal for {called(kind, judged)}, if more like {most}."

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that is said, from the top of the page to its end."""
        said = (self.sentence, self.about_spectra, self.about_shares, self.resembles)
        return tuple(text for text in said if text)
