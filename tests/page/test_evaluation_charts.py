"""The figures of the Evaluate page: what their numbers say of known clips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from charts import evaluation
from charts.outcome import outcome
from mimimi.data.index import Recording
from mimimi.evaluation import Judgement, ScoredClip
from mimimi.evaluation.clips import by_id
from mimimi.evaluation.decisions import Confusion
from mimimi.evaluation.figures import summarise
from mimimi.evaluation.pictures.clip_map import clip_map
from mimimi.evaluation.pictures.plots import curves_of_type

IDS = ["id_00", "id_02"]


def clip(machine_id: str, label: str, score: float, name: str = "clip") -> ScoredClip:
    recording = Recording(Path(f"{name}.wav"), "fan", machine_id, label, "test", "plant")
    judged = Judgement(machine_id, score, 1.0)
    other = {other: score + 3 * (other != machine_id) for other in IDS}
    return ScoredClip(recording, judged, judged, by_id=other)


@pytest.fixture
def clips() -> list[ScoredClip]:
    rng = np.random.default_rng(0)
    return [
        clip(machine_id, label, float(rng.normal(shift)), f"{machine_id} {label} {n}")
        for machine_id in IDS
        for label, shift in (("normal", 0.0), ("anomaly", 1.0))
        for n in range(9)
    ]


def test_the_area_under_each_curve_is_the_auc_in_its_name(clips):
    summary = summarise("plant", clips, id_given=True)
    curves, mean = curves_of_type(by_id(clips, "fan"), summary, summary.types[0].auc)
    figure = evaluation.roc(curves, mean)
    drawn = {trace.name.split()[0]: trace for trace in figure.data if "[" in trace.name}
    assert set(drawn) == {"mean", *IDS}
    for name, curve in {"mean": mean, **curves}.items():
        trace = drawn[name]
        assert np.trapezoid(trace.y, trace.x) == pytest.approx(curve.auc.value, abs=1e-3)
        assert len(trace.x) < 80  # corners, not the two thousand points between
    assert len({(drawn[name].line.color, drawn[name].line.dash) for name in IDS}) == 2


def test_clips_of_one_name_are_shown_with_the_folders_that_tell_them_apart():
    clips = [
        clip(machine_id, label, n, f"{machine_id}/{label}/{n}")
        for machine_id in IDS
        for label in ("normal", "anomaly")
        for n in range(3)
    ]
    figure = evaluation.clip_map(clip_map(clips))
    told = [words for trace in figure.data for _, words in trace.customdata or []]
    assert sum(words.startswith("id_00/normal/0.wav<br>") for words in told) == 1
    strips = evaluation.score_distributions(by_id(clips, "fan"), 1.0)
    marks = [words.partition("<br>")[0] for t in strips.data for words in t.customdata or []]
    assert sorted(marks) == sorted(set(marks))
    assert len(marks) == len(clips)


def test_the_region_of_the_pauc_ends_at_a_tenth_of_false_alarms(clips):
    summary = summarise("plant", clips, id_given=True)
    curves, mean = curves_of_type(by_id(clips, "fan"), summary, summary.types[0].auc)
    figure = evaluation.roc(curves, mean)
    (region,) = (trace for trace in figure.data if trace.fill == "tozeroy")
    assert max(region.x) == pytest.approx(0.1)
    assert figure.layout.shapes[0].x1 == pytest.approx(0.1)


def test_every_clip_is_a_mark_of_its_own_kind_beside_its_machine(clips):
    figure = evaluation.score_distributions(by_id(clips, "fan"), threshold=0.5)
    normal, anomalous = figure.data
    assert len(normal.x) == len(anomalous.x) == len(clips) / 2
    assert normal.marker.symbol != anomalous.marker.symbol
    assert normal.marker.color != anomalous.marker.color
    for trace in (normal, anomalous):
        for y, told in zip(trace.y, trace.customdata, strict=True):
            assert figure.layout.yaxis.ticktext[round(y)] in told
    assert min(anomalous.y[:9]) > max(normal.y[:9])
    assert figure.layout.shapes[0].x0 == 0.5


def test_scores_of_several_orders_get_a_logarithmic_scale():
    machines = {"id_00": [clip("id_00", "normal", 0.01), clip("id_00", "anomaly", 3.0)]}
    for threshold, scale in ((1.0, "log"), (-1.0, "linear")):
        figure = evaluation.score_distributions(machines, threshold)
        assert figure.layout.xaxis.type == scale


def test_a_matrix_holds_every_count_and_shades_shares_of_a_row():
    figure = evaluation.decisions(Confusion(6, 2, 0, 0))
    assert [note.text for note in figure.layout.annotations] == ["6", "2", "0", "0"]
    assert [list(row) for row in figure.data[0].z] == [[0.75, 0.25], [0, 0]]
    ids = evaluation.ids({"a": {"a": 3}, "b": {"a": 1, "c": 1}})
    assert list(ids.layout.xaxis.ticktext) == ["a", "b", "c"]
    assert [list(row) for row in ids.data[0].customdata] == [[3, 0, 0], [1, 0, 1]]


def test_a_point_of_the_map_leads_to_its_clip(clips):
    found = clip_map(clips)
    figure = evaluation.clip_map(found)
    seen = set()
    for trace, is_normal in zip(figure.data, (True, False), strict=True):
        for x, (place, told) in zip(trace.x, trace.customdata, strict=True):
            assert found.places[place, 0] == x
            assert found.clips[place].is_normal is is_normal
            assert found.clips[place].recording.path.name in told
            seen.add(place)
    assert len(seen) == len(clips)
    assert {note.text for note in figure.layout.annotations} == set(IDS)


def test_names_are_shown_as_they_are():
    odd = {"<b>": [clip("<b>", "normal", 0.1, "<a href=x>"), clip("<b>", "anomaly", 0.2)]}
    figure = evaluation.score_distributions(odd, 0.1)
    assert figure.layout.yaxis.ticktext[0] == "&lt;b&gt;"
    assert "&lt;a href=x&gt;" in figure.data[0].customdata[0]


@pytest.mark.parametrize(
    ("counts", "bars", "said"),
    [
        ((8, 2, 1, 9), 2, {"9 of 10 faulty found", "1 missed", "2 called unusual"}),
        ((0, 0, 3, 1), 1, {"1 of 4 faulty found", "3 missed"}),
        ((4, 0, 0, 0), 1, {"4 of 4 normal called normal"}),
    ],
)
def test_what_came_of_it_is_a_bar_for_each_kind_of_recording(counts, bars, said):
    figure = outcome(Confusion(*counts))
    rightly, wrongly = figure.data
    assert [a + b for a, b in zip(rightly.x, wrongly.x, strict=True)] == [1.0] * bars
    assert said <= {annotation.text for annotation in figure.layout.annotations}
