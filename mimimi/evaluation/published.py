"""What others have reached, for scale: AUC by machine type and by machine, as published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NOT_LIKE_WITH_LIKE = (
    "The published figures are of the DCASE 2020 Task 2 development set: MIMII mixed with factory "
    "noise at several levels, thousands of test clips, and 3,000 or more training clips a machine "
    "type. They are for scale, not like with like, unless that very set was judged here."
)


@dataclass(frozen=True)
class Published:
    """AUC of a published system, from 0 to 1."""

    system: str
    word: str  # where there is no room for more
    source: str
    auc: Mapping[str, float]  # by machine type, a mean over its machines
    by_machine: Mapping[str, float] = field(default_factory=dict)  # where they were published

    def beside(self, row: str) -> float | None:
        """What stands beside a machine's row of a table of figures, or a type's mean.

        Example:
            >>> baseline, paper = PUBLISHED
            >>> baseline.beside("fan id_00"), baseline.beside("fan mean")
            (0.539607, 0.652)
            >>> paper.beside("fan id_00"), paper.beside("car mean")
            (None, None)
        """
        return self.by_machine.get(row, self.auc.get(row.removesuffix(" mean")))


PUBLISHED = (
    Published(
        "DCASE 2020 baseline (autoencoder)",
        "baseline",
        "Koizumi et al. 2020, DCASE 2020 Challenge Task 2, development set; its machines: the "
        "baseline's README",
        {"fan": 0.652, "pump": 0.726, "slider": 0.850, "valve": 0.665},
        {
            "fan id_00": 0.539607,
            "fan id_02": 0.721866,
            "fan id_04": 0.622098,
            "fan id_06": 0.722770,
            "pump id_00": 0.670769,
            "pump id_02": 0.609369,
            "pump id_04": 0.888600,
            "pump id_06": 0.734902,
            "slider id_00": 0.963315,
            "slider id_02": 0.788090,
            "slider id_04": 0.946011,
            "slider id_06": 0.702247,
            "valve id_00": 0.687311,
            "valve id_02": 0.674083,
            "valve id_04": 0.744000,
            "valve id_06": 0.552833,
        },
    ),
    Published(
        "Kim, Ho and Kang 2021",
        "paper",
        "EUSIPCO 2021, pp. 586-590 (arXiv 2312.13615), as a comment in the authors' code quotes it",
        {"fan": 0.8955, "pump": 0.9640, "slider": 0.9875, "valve": 0.9687},
    ),
)
"""The baseline, and the paper whose network this is."""
