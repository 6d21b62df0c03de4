"""The points that are measured: one factor at a time around a default."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Condition:
    """One point of the figure; as it stands, the default.

    Args:
        near: what is listened to, `mimii` or `cars`; the hall is always MIMII's other machines.
        ratio_db: machine to hall at the near microphone.
        standing: machines of the hall that stand still.
        moving: those that move while they sound.
        reverberation: in s.
        leak_db: by how much less the far microphone hears the machine; None: as the room has it.
    """

    near: str = "mimii"
    ratio_db: float = -14.0
    standing: int = 1
    moving: int = 0
    reverberation: float = 0.4
    leak_db: float | None = None

    @property
    def hall(self) -> str:
        """Such as "3 standing"."""
        counts = {"standing": self.standing, "moving": self.moving}
        return ", ".join(f"{count} {how}" for how, count in counts.items() if count)

    @property
    def name(self) -> str:
        """Every factor, so that no two are alike."""
        leak = "" if self.leak_db is None else f", leak {0 - self.leak_db:.0f} dB"
        ratio = f"{self.ratio_db:+.0f} dB"
        return f"{self.near}, {self.hall}, {self.reverberation} s, {ratio}{leak}"

    @property
    def slug(self) -> str:
        """Its name, as a file is called."""
        return re.sub(r"[^\w.+-]+", "_", self.name)


DEFAULT = Condition()
RATIOS = (-20.0, -14.0, -8.0, -2.0, 6.0)  # dB
HALLS = (
    DEFAULT,
    replace(DEFAULT, standing=0, moving=1),
    replace(DEFAULT, standing=3),
    replace(DEFAULT, near="cars"),
)


def against_ratio(hall: Condition) -> list[Condition]:
    """One curve."""
    return [replace(hall, ratio_db=ratio) for ratio in RATIOS]


SINGLE = {  # one factor at a time, as the figure calls them
    "default": DEFAULT,
    "moving": HALLS[1],
    "3 of them": HALLS[2],
    **{f"{s} s": replace(DEFAULT, reverberation=s) for s in (0.2, 0.8)},
    **{f"leak {0 - of:.0f} dB": replace(DEFAULT, leak_db=of) for of in (20.0, 10.0, 5.0, 0.0)},
}

_CURVES = [point for hall in HALLS for point in against_ratio(hall)]
CONDITIONS = {
    "memory": tuple(dict.fromkeys([*_CURVES, *SINGLE.values()])),
    "ensemble": tuple(dict.fromkeys([*against_ratio(DEFAULT), *SINGLE.values()])),
}
"""By judge: the ensemble knows no car, and takes twice as long."""
