"""The machine that is chosen on Analyse, and in its address."""

import pytest
from visit import expert, opened, said, try_example, upload

from mimimi import Detector
from mimimi.config import MACHINE_TYPES

pytestmark = pytest.mark.usefixtures("own_home")


def test_the_address_names_the_machine():
    page = opened(type="valve", id="id_02")
    assert (page.selectbox(key="detector").value, page.selectbox(key="id").value) == (
        "valve",
        "id_02",
    )


def test_an_address_that_comes_later_names_the_machine_too():
    page = opened(type="valve", id="id_02")
    page.selectbox(key="detector").set_value("slider").run()
    page.query_params.update(type="pump", id="id_04")  # as a link of another page
    page.run()
    assert (page.selectbox(key="detector").value, page.selectbox(key="id").value) == (
        "pump",
        "id_04",
    )
    page.selectbox(key="id").set_value("id_06").run()
    assert page.query_params == {"type": "pump", "id": "id_06"}


@pytest.mark.parametrize("called", ["Mill 3", "mill-3"])
def test_a_machine_that_was_taught_goes_by_its_name_and_its_slug(called, hum, own_home):
    heard = [(hum(seed=n), 16_000) for n in range(3)]
    Detector.learn("Mill 3", heard).save_pretrained(own_home / "runs" / "mill-3")
    page = opened(detector=called)
    assert page.selectbox(key="detector").value == "mill-3"
    assert not page.warning


def test_the_choice_is_written_to_the_address():
    page = opened()
    page.selectbox(key="detector").set_value("slider").run()
    page.selectbox(key="id").set_value("id_04").run()
    assert page.query_params == {"type": "slider", "id": "id_04"}


def test_the_accepted_false_alarms_are_in_the_address_and_move_the_threshold(clip, judged):
    page = upload(expert(type="fan", id="id_50", rate="0.3"), ("mine.wav", clip))
    slider = page.select_slider(key="rate")
    assert 0.1 < slider.value <= 0.3
    shown = {metric.label: metric.value for metric in page.metric}
    calibration = Detector.from_pretrained("fan").calibration
    n = len(calibration.normal_scores("given", "id_50")) + 1
    assert f"stops at 1 in {n}" in "".join(caption.value for caption in page.caption)

    page = slider.set_value(n // 2 / n).run()  # the last stop
    assert n // 2 <= float(page.query_params["rate"]) * n < n // 2 + 0.01
    moved = {metric.label: metric.value for metric in page.metric}
    assert float(moved["Threshold"]) <= float(shown["Threshold"])
    assert moved["Score"] == shown["Score"]
    assert sum(judged.values()) == 1


@pytest.mark.parametrize(
    "address",
    [
        {"type": "<script>alert(1)</script>", "id": "../../etc/passwd"},
        {"type": "fan", "id": "id_99"},
        {"type": "", "id": ""},
        {"id": "\x00" * 10_000},
        {"type": "fan", "rate": "nan"},
        {"type": "fan", "rate": "-1e999"},
    ],
)
def test_hostile_addresses_are_ignored(address):
    page = opened(**address)
    assert not page.exception
    assert page.selectbox(key="detector").value in MACHINE_TYPES
    assert page.selectbox(key="id").value is None
    assert "id" not in page.query_params


@pytest.mark.parametrize("given", ["detector", "type"])
def test_a_link_to_no_machine_says_so_until_one_is_chosen(given):
    page = opened(**{given: "nothing"})
    [warning] = page.warning
    assert "The machine that this link leads to is not here" in warning.value
    page.switch_page("live/page.py").run()
    assert [one.value for one in page.warning] == [warning.value]
    page.selectbox(key="detector").set_value("pump").run()
    assert not page.warning
    page.query_params.update(type="valve")  # a link that leads somewhere
    assert not page.run().warning


def test_another_type_asks_for_the_id_anew():
    page = opened(type="fan", id="id_02")
    page.selectbox(key="detector").set_value("pump").run()
    assert page.selectbox(key="id").value is None
    assert page.query_params == {"type": "pump"}


def test_to_infer_the_id_stays_chosen_with_another_type():
    page = opened(type="fan", id="find")
    page.selectbox(key="detector").set_value("pump").run()
    assert page.query_params == {"type": "pump", "id": "find"}


def test_an_example_follows_the_type():
    page = try_example(opened(), "fan", "unbalance")
    page.selectbox(key="detector").set_value("valve").run()
    assert "valve id_50" in said(page)
