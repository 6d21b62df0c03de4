"""The HTML report: alone in the world, deaf to hostile names, and saying what the JSON says."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from variants import with_config

from mimimi.data.index import Recording
from mimimi.detector.detector import Detector
from mimimi.evaluation import Evaluation, Judgement, ScoredClip
from mimimi.evaluation.report import report
from mimimi.evaluation.table import estimate_text

IDS = ["id_00", "id_02"]


def clips(corpus: str = "plant", folder: str = "fan") -> list[ScoredClip]:
    rng = np.random.default_rng(0)
    found = []
    for machine in IDS:
        for label, shift in (("normal", 0.2), ("anomaly", 0.8)):
            for n in range(6):
                score = float(rng.gamma(2, shift))
                found.append(
                    ScoredClip(
                        Recording(
                            Path(f"{folder}/{machine} {label} {n}.wav"),
                            "fan", machine, label, "test", corpus,
                        ),
                        Judgement(machine, score, 0.58),
                        Judgement(IDS[n % 2], score / 2, 0.3),
                        by_id={name: score if name == machine else 1 - score for name in IDS},
                    )
                )  # fmt: skip
    return found


class Page(HTMLParser):
    """What a browser would make of the report: its elements, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.lasttag != "style":
            self.words.append(data)
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.rows.append([])

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def row(self, name: str) -> list[str]:
        rows = [[" ".join(cell.split()) for cell in row] for row in self.rows]
        return next(row for row in rows if row and row[0] == name)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    bad = ScoredClip(clips()[0].recording, error="fan/x.wav is empty.")
    return Evaluation([*clips(), bad], Counter({"fan id_08": 3}))


@pytest.fixture(scope="module")
def html(evaluation: Evaluation, untouched_detector: Detector) -> str:
    return report(evaluation, [untouched_detector], ["the plant's own"], "test")


def test_nothing_is_fetched_and_nothing_runs(html: str) -> None:
    assert not re.search(r"(https?:)?//[\w.]", re.sub(r"base64,[^\"]*", "", html))
    page = Page(html)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "base", "form"}
    for _, attributes in page.elements:
        assert not {"href", "srcset", "onload", "onerror", "data", "action"} & set(attributes)
        assert (attributes.get("src") or "data:image/png").startswith("data:image/png;base64,") or (
            "src" not in attributes
        )
    assert sum(tag == "img" for tag, _ in page.elements) == 5
    assert "default-src 'none'" in html
    assert len(html) < 2_000_000


def test_the_figures_are_those_of_the_json(html: str, evaluation: Evaluation) -> None:
    page = Page(html)
    given = evaluation.as_dict()["summaries"][0]
    for figures in [*given["machines"], *given["types"]]:
        row = page.row(figures["machine"])
        assert row[1:3] == [str(figures["normal"]), str(figures["anomalous"])]
        assert row[3:5] == [estimate_text(figures[key], 3) for key in ("auc", "pauc")]
    found = given["types"][0]["at_threshold"]
    counts = found["confusion"]
    row = page.row("all fan")
    assert row[1] == f"{counts['false_alarms']}/12"
    assert row[2] == f"{counts['detected']}/12"
    assert row[3:] == [estimate_text(found[key], 2) for key in ("precision", "recall", "f1")]
    assert (
        f"{counts['detected']} of 12 recordings of machines going wrong were found, and "
        f"{counts['false_alarms']} of 12 recordings of machines running well were called unusual"
    ) in page.text


def test_every_clip_has_its_line(html: str, evaluation: Evaluation) -> None:
    page = Page(html)
    for clip in evaluation.clips:
        if clip.given:
            row = page.row(clip.recording.path.name)  # without the folders of a server
            assert row[2:4] == [clip.machine, clip.recording.label]
            assert float(row[4]) == pytest.approx(clip.given.score, rel=1e-3)
            assert row[6] == ("▲ anomaly" if clip.given.is_anomalous else "✓ normal")
    assert "x.wav is empty." in page.text
    assert "fan/x.wav" not in page.text


def test_data_detector_thresholds_published_figures_and_limits_are_there(
    html: str, untouched_detector: Detector
) -> None:
    page = Page(html)
    assert "the plant's own" in page.text
    assert page.row("machines it knows")[1] == "id_00, id_02"
    assert page.row("licence")[1] == "not recorded"
    threshold = untouched_detector.calibration.threshold("given", "id_00")
    assert page.row("id_00")[1:4] == ["given", f"{threshold.value:.4g}", "5.0 %"]
    assert page.row("fan id_00")[5:] == ["0.540", ""]
    assert page.row("fan mean")[5:] == ["0.652", "0.895"]
    for said in (
        "not like with like",
        "fan id_08 is unknown to the detector: 3 clips left out.",
        "nothing rarer than 1 in n + 1",
        "not by the network's inner features",
    ):
        assert said in page.text


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }}{% raw %}",
        "]]>--><!-- \x1b[31m \u202egnp.wav",
        "no \udcff Unicode\n",
        "</td></table></style>&lt;",
    ],
)
def test_a_hostile_name_is_text_and_nothing_else(
    name: str, html: str, untouched_detector: Detector
) -> None:
    told = with_config(untouched_detector, about={"recordings": {name: name}, "recipe": [name]})
    hostile = replace(told, origin=name)
    some = clips(corpus=name, folder=name)[:2]
    some.append(ScoredClip(some[0].recording, error=name))
    text = report(Evaluation(some, Counter({name: 1})), [hostile], [name], name)
    text.encode()
    assert "\u202e" not in text
    assert "\x1b" not in text
    innocent = {tag for tag, _ in Page(html).elements}
    page = Page(text)
    assert {tag for tag, _ in page.elements} <= innocent
    assert not any(attribute.startswith("on") for _, some in page.elements for attribute in some)
    if name.isprintable():
        assert page.row("loaded from")[1] == " ".join(name.split())


def test_without_figures_it_says_so(untouched_detector: Detector) -> None:
    text = report(Evaluation([], Counter({"fan id_08": 3})), [untouched_detector], ["data"])
    assert "No figures: no recording is left to count." in Page(text).text


def test_of_a_handful_of_recordings_it_gives_counts_first(untouched_detector: Detector) -> None:
    few = [clip for clip in clips() if clip.recording.path.stem.endswith(("0", "1"))]
    html = report(Evaluation(few, Counter()), [untouched_detector], ["a plant"])
    said = " ".join(" ".join(Page(html).words).split())
    assert "of 4 recordings of machines going wrong" in said
    assert "Of so few recordings the counts say all there is." in said
    assert "is chance" not in said
