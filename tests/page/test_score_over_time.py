from __future__ import annotations

from charts import score_over_time
from mimimi.monitor.alarm import Event, ScoredSegment

MOMENTS = [
    ScoredSegment("a", 0.0, 10.0, 1.0, threshold=2.0),
    ScoredSegment("a", 10.0, 10.0, error="silent"),
    ScoredSegment("a", 20.0, 10.0, error="silent"),
    ScoredSegment("a", 30.0, 10.0, 3.0, True, threshold=2.0, recognised=False),
]
ALARM = Event(30.0, 40.0, 30.0, 3.0, "a", 0.1, 1)


def drawn(shown: tuple[float, float]):
    return score_over_time.over_time(MOMENTS, [ALARM], shown)


def test_scores_stand_where_their_segments_end():
    traces = {trace.name: trace for trace in drawn((0.0, 60.0)).data}
    assert [round(60 * x) for x in traces["score"].x] == [10, 20, 30, 40]
    assert list(traces["score"].y) == [1.0, None, None, 3.0]
    assert list(traces["unusual"].y) == list(traces["no match"].y) == [3.0]
    assert list(traces["score"].customdata[3]) == ["0:00:30", "0:00:40"]


def test_alarms_and_what_was_not_judged_are_marked_and_named():
    marked = {
        shape.label.text: (60 * shape.x0, 60 * shape.x1) for shape in drawn((0, 60)).layout.shapes
    }
    assert marked == {"alarm": (30, 40), "not judged": (10, 30)}


def test_where_nothing_could_be_judged_no_score_is_made_up():
    assert drawn((0.0, 60.0)).layout.yaxis.showticklabels
    silent = score_over_time.over_time(MOMENTS[1:3], [], (0.0, 60.0))
    assert not silent.layout.yaxis.showticklabels


def test_a_day_is_counted_in_hours():
    assert drawn((0.0, 600.0)).layout.xaxis.title.text == "time, min"
    assert drawn((0.0, 86_400.0)).layout.xaxis.title.text == "time, h"
    assert drawn((0.0, 86_400.0)).layout.xaxis.range[1] == 24
