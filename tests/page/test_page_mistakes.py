"""What nobody expected, wherever it happens: a sentence, and a reference that the log knows."""

from __future__ import annotations

import re

import pytest
from visit import opened, try_example

from mimimi import unexpected

pytestmark = pytest.mark.planted


@pytest.fixture
def plant(monkeypatch, own_home):
    """Let a function raise what no page expects."""

    def planted(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a planted mistake")

    return lambda place: monkeypatch.setattr(place, planted)


def found_in_the_log(page) -> str:
    assert not page.exception
    (error,) = page.error
    reference = re.search(r"reference (\w+)", error.value)[1]
    assert "Traceback" not in error.value
    assert "planted" not in error.value
    (entry,) = [e for e in unexpected.log().read_text().split("  reference ") if reference in e]
    assert "ZeroDivisionError: a planted mistake" in entry
    return entry


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("widgets.machine.choose", {}),
        ("analyse.inputs.choose", {"type": "fan", "id": "id_00"}),
    ],
)
def test_in_a_page(plant, place, address):
    plant(place)
    found_in_the_log(opened(**address))


def test_in_a_callback(plant):
    page = opened(type="fan", id="id_50")
    plant("state.clips.keep_example")
    found_in_the_log(try_example(page, "fan", "normal"))


def test_in_a_fragment(plant):
    page = opened(type="fan", id="id_50")
    plant("charts.timeline.time_pictures")
    found_in_the_log(try_example(page, "fan", "normal"))


def test_after_a_mistake_the_page_works_again(plant, monkeypatch):
    with monkeypatch.context() as once:
        once.setattr("widgets.machine.choose", lambda: 1 / 0)
        page = opened()
    assert len(page.error) == 1
    page.run()
    assert not page.error
