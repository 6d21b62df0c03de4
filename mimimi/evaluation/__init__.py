"""Honest figures of detectors on recordings whose labels are known.

From `judging` (a detector hears recordings) over `clips`, `decisions` and `figures` to `result`,
which is shown by `table` (text) and `plots` (pictures) and written by `files`.
"""

from mimimi.evaluation.clips import Judgement, ScoredClip
from mimimi.evaluation.judging import Judge, evaluate
from mimimi.evaluation.result import Evaluation

__all__ = ["Evaluation", "Judge", "Judgement", "ScoredClip", "evaluate"]
