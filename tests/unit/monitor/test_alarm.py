from __future__ import annotations

import pytest

from mimimi.errors import UserError
from mimimi.monitor.alarm import Event, Rule, ScoredSegment, events


def segments(pattern: str) -> list[ScoredSegment]:
    """A sign a segment of 10 s: "." normal, "x" unusual, "?" could not be judged."""
    return [
        ScoredSegment("day.wav", 10.0 * i, 10.0, error="silent")
        if sign == "?"
        else ScoredSegment(
            "day.wav", 10.0 * i, 10.0, i + 1.0, sign == "x", 0.1 if sign == "x" else 0.7
        )
        for i, sign in enumerate(pattern)
    ]


def found(pattern: str, rule: Rule) -> list[tuple[int, int]]:
    """First and last segment of each event."""
    return [
        (round(event.start / 10), round(event.end / 10) - 1)
        for event in events(segments(pattern), rule)
    ]


@pytest.mark.parametrize(
    ("pattern", "rule", "expected"),
    [
        ("..x..x...", Rule(1, 1), [(2, 2), (5, 5)]),
        ("..x..x...", Rule(2, 3), []),
        ("..xx.....", Rule(2, 3), [(2, 3)]),
        ("..x.x....", Rule(2, 3), [(2, 4)]),
        ("..xx.xx..", Rule(2, 3), [(2, 6)]),  # never fewer than 2 of 3
        ("xx....xx.", Rule(2, 3), [(0, 1), (6, 7)]),
        (".......xx", Rule(2, 3), [(7, 8)]),  # still on at the end
        ("x?x......", Rule(2, 3), [(0, 2)]),
        ("????.....", Rule(1, 1), []),
        ("", Rule(1, 1), []),
    ],
)
def test_an_alarm_is_k_of_n_from_the_first_unusual_segment_to_the_last(pattern, rule, expected):
    assert found(pattern, rule) == expected


def test_an_event_says_when_how_unusual_and_how_rare():
    (event,) = events(segments("..x.x...."), Rule(2, 3))
    assert event == Event(20.0, 50.0, 40.0, 5.0, "day.wav", pytest.approx(0.9 / 3), 3)


def test_a_stricter_rule_never_raises_more_segments(rng):
    for _ in range(50):
        pattern = "".join(rng.choice([".", "x"], 60))
        lax, strict = (
            {i for first, last in found(pattern, Rule(k, 5)) for i in range(first, last + 1)}
            for k in (2, 4)
        )
        assert strict <= lax


def test_events_come_as_soon_as_they_are_over():
    def stream():
        yield from segments("xx...")
        raise AssertionError("the first event was to be handed out before")

    assert next(events(stream(), Rule(2, 2))).end == 20.0


@pytest.mark.parametrize("text", ["", "3", "0/4", "5/4", "3 of 4", "-1/2", "1/2/3", "²/3"])
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(UserError, match="no alarm rule"):
        Rule.parse(text)
