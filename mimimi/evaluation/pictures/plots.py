"""An evaluation as pictures: what was scored and called, in matplotlib figures without a window.

Shapes and dashes say again what colours say. matplotlib is imported when a figure is drawn.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mimimi.estimate import Estimate
from mimimi.evaluation.clips import ScoredClip
from mimimi.evaluation.figures import MAX_FPR, Summary, scores
from mimimi.evaluation.metrics import enough_for_interval, roc
from mimimi.evaluation.pictures.palette import (
    BLACK,
    BLUE,
    DARK_GREY,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = npt.NDArray[np.float64]

WIDTH = 8.0  # inches: 800 pixels at the 100 to the inch that type is sized for
LINES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
DASHES = ("-", "--", "-.", ":")
NORMAL, ANOMALOUS = (BLUE, "o", "normal"), (VERMILION, "^", "anomalous")
FALSE_ALARM_RATES = np.linspace(0, 1, 2001)


@contextmanager
def style() -> Iterator[None]:
    """The same look everywhere, whatever the user's own settings; drawing and saving go inside."""
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # letters the font lacks are drawn as boxes
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "axes.spines.right": False,
                "axes.spines.top": False,
                "axes.titlesize": 12,
                "axes.labelsize": 11,
                "figure.dpi": 100,
                "font.size": 11,
                "legend.frameon": False,
                "savefig.dpi": 150,
                "text.parse_math": False,  # a folder may be called "$1$"
            }
        )
        yield


def score_distributions(machines: Mapping[str, Sequence[ScoredClip]], title: str) -> Figure:
    """Every clip a mark, machine by machine, against the machine's threshold (id given)."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    figure = Figure(figsize=(WIDTH, 2.0 + 0.75 * len(machines)), layout="constrained")
    axes = figure.add_subplot()
    every = [clip for clips in machines.values() for clip in clips]
    values = [clip.judgement(True).score for clip in every]
    if wide := min(values) > 0 and max(values) > 100 * min(values):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
    for row, clips in enumerate(machines.values()):
        for side, (colour, marker, _) in ((-1, NORMAL), (1, ANOMALOUS)):
            some = [clip for clip in clips if clip.is_normal == (side < 0)]
            _swarm(axes, some, row + 0.2 * side, colour, marker)
        for value, dash in _thresholds(clips):
            axes.plot([value, value], [row - 0.42, row + 0.42], color=BLACK, ls=dash, lw=1.5)
    axes.set_yticks(range(len(machines)), list(machines))
    axes.set_ylim(len(machines) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    scale = ", logarithmic" if wide else ""
    axes.set_xlabel(f"anomaly score, id given (higher = more unusual{scale})")
    axes.grid(axis="x", color="#E5E5E5")
    axes.set_axisbelow(True)
    kinds = [
        Line2D([], [], color=colour, marker=marker, ls="", label=f"{name} clip")
        for colour, marker, name in (NORMAL, ANOMALOUS)
    ]
    if any(clip.calibrated_on for clip in every):
        hollow = "hollow: a threshold was fitted to it"
        kinds.append(Line2D([], [], color=DARK_GREY, marker="o", mfc="white", ls="", label=hollow))
    kinds.append(Line2D([], [], color=BLACK, label="threshold"))
    if any(clip.judgement(True).youden_threshold is not None for clip in every):
        kinds.append(Line2D([], [], color=BLACK, ls=":", label="threshold of Youden's J"))
    axes.set_title(f"Scores of single clips: {title}")
    figure.legend(handles=kinds, loc="outside lower center", ncols=3)
    return figure


def _swarm(axes: Axes, clips: Sequence[ScoredClip], y: float, colour: str, marker: str) -> None:
    """Marks along a line, spread across it where they crowd."""
    values = np.array([clip.judgement(True).score for clip in clips])
    if not len(values):
        return
    place = np.log(values) if axes.get_xscale() == "log" else values
    counts, edges = np.histogram(place, bins=60)
    crowd = counts[np.clip(np.searchsorted(edges, place, side="right") - 1, 0, 59)]
    golden = np.arange(len(values)) * 0.618 % 1 - 0.5  # evenly spread, the same every time
    spread = np.where(crowd > 1, 0.3 * crowd / counts.max(), 0)
    hollow = np.array([clip.calibrated_on for clip in clips])
    for some, face in ((hollow, "white"), (~hollow, colour)):
        axes.plot(
            values[some],
            (y + golden * spread)[some],
            marker,
            color=colour,
            mfc=face,
            ms=6 if len(values) < 60 else 3,
            alpha=0.9,
        )


def _thresholds(clips: Sequence[ScoredClip]) -> list[tuple[float, str]]:
    judged = [clip.judgement(True) for clip in clips]
    youden = {j.youden_threshold for j in judged if j.youden_threshold is not None}
    return [(value, "-") for value in {j.threshold for j in judged}] + [(v, ":") for v in youden]


@dataclass(frozen=True)
class Curve:
    """A ROC curve and its area."""

    detection_rates: Array  # at FALSE_ALARM_RATES
    auc: Estimate
    few: bool = False  # clips: an interval would promise too much

    @classmethod
    def of(cls, clips: Sequence[ScoredClip], auc: Estimate) -> Curve:
        """The curve of one machine, id given."""
        normal, anomalous = scores(clips, id_given=True)
        rates = np.interp(FALSE_ALARM_RATES, *roc(normal, anomalous))
        return cls(rates, auc, few=not enough_for_interval(len(normal), len(anomalous)))

    @classmethod
    def mean(cls, curves: Sequence[Curve], auc: Estimate) -> Curve:
        """Detection rates averaged at each false-alarm rate; its area is the mean of the areas."""
        rates = np.mean([curve.detection_rates for curve in curves], axis=0)
        return cls(rates, auc, few=all(curve.few for curve in curves))

    def label(self, name: str) -> str:
        """The curve's line in the legend."""
        if self.few:
            return f"{name}  few clips"
        return f"{name}  {self.auc.value:.2f} [{self.auc.low:.2f}, {self.auc.high:.2f}]"


def curves_of_type(
    machines: Mapping[str, Sequence[ScoredClip]], summary: Summary, auc: Estimate
) -> tuple[dict[str, Curve], Curve]:
    """The curves of a type's machines by id, and their mean.

    Args:
        machines: the clips of the type by machine id.
        summary: the figures, machine id given.
        auc: the mean over these machines.
    """
    kind = next(iter(machines.values()))[0].recording.machine_type
    curves = {
        figures.machine_id: Curve.of(machines[figures.machine_id], figures.auc)
        for figures in summary.machines
        if figures.machine_type == kind and figures.auc
    }
    return curves, Curve.mean(list(curves.values()), auc)


def roc_curves(curves: Mapping[str, Curve], mean: Curve, title: str) -> Figure:
    """ROC curves by name, and their mean, over the shaded region of the pAUC."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, 4.8), layout="constrained")
    axes = figure.add_subplot()
    axes.axvspan(0, MAX_FPR, color="#EEEEEE")
    for number, (name, curve) in enumerate(curves.items()):
        colour = LINES[number % len(LINES)]
        dash = DASHES[(number + number // len(LINES)) % len(DASHES)]
        axes.plot(
            FALSE_ALARM_RATES,
            curve.detection_rates,
            color=colour,
            ls=dash,
            lw=1.8,
            label=curve.label(name),
        )
    # Below the machines' lines, which would vanish behind it.
    axes.plot(
        FALSE_ALARM_RATES,
        mean.detection_rates,
        color=BLACK,
        lw=4,
        zorder=1.9,
        label=mean.label("mean"),
    )
    axes.plot([0, 1], [0, 1], color=DARK_GREY, lw=1, ls=(0, (1, 3)), label="chance  0.50")
    inside = FALSE_ALARM_RATES <= MAX_FPR
    area = mean.detection_rates[inside]
    axes.fill_between(
        FALSE_ALARM_RATES[inside], area, color="#BBBBBB", lw=0, label="pAUC region (mean)"
    )
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), title=f"ROC: {title}")
    axes.set_xlabel("false-alarm rate (share of normal clips), id given")
    axes.set_ylabel("detection rate (share of anomalous clips)")
    figure.legend(loc="outside right center", title="AUC [95 % interval]")
    return figure
