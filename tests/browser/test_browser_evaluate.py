"""The Evaluate page in Chromium: a ZIP judged, the threshold dragged, a clip on the map heard."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import LAPTOP, PHONE, choose, shoot
from playwright.sync_api import Locator, Page, expect

from mimimi.simulate import write_corpus

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """Clips of two simulated valves, two normal and two faulty ones each."""
    place = tmp_path_factory.mktemp("valves")
    write_corpus(place / "valves", types=["valve"], ids=2, clips=0, tests=2)
    with zipfile.ZipFile(place / "valves.zip", "w") as packed:
        for path in (place / "valves").rglob("*"):
            packed.write(path, path.relative_to(place))
    return place / "valves.zip"


@pytest.fixture
def evaluated(arrive, address, archive) -> Callable[..., Page]:
    """Open the page, upload the archive, and wait for what comes of it."""

    def evaluate(**options) -> Page:
        page = arrive(f"{address}/evaluate", **(LAPTOP | options))
        choose(page, "Detector", "valve")
        page.get_by_text("A ZIP of recordings").click()
        page.locator("input[type=file]").set_input_files(archive)
        page.get_by_text("valves.zip").wait_for()
        page.get_by_role("button", name="Evaluate").click()
        expect(page.get_by_role("heading", name="Download")).to_be_visible()
        expect(page.get_by_role("heading", name="of 4 faulty recordings found")).to_be_visible()
        page.get_by_text("For experts").click()
        for axis in ("dashed: threshold", "was called", "false-alarm", "taken for", "component"):
            expect(chart(page, axis)).to_be_visible()
        return page

    return evaluate


def metric(page: Page, label: str) -> str:
    place = page.get_by_test_id("stMetric").filter(has_text=label)
    return place.get_by_test_id("stMetricValue").inner_text()


def chart(page: Page, axis: str) -> Locator:
    return page.get_by_test_id("stPlotlyChart").filter(has_text=axis)


def centre(point: Locator) -> tuple[float, float]:
    box = point.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_zip_is_judged_dragged_heard_and_downloaded(evaluated, tmp_path):
    page = evaluated()
    shoot(page, tmp_path, "laptop")
    assert page.get_by_test_id("stPlotlyChart").count() == 6

    slider = page.get_by_role("slider", name="Threshold")
    slider.focus()
    slider.press("End")
    expect(page.get_by_test_id("stMetricValue").first).to_contain_text("0 of 4")
    slider.press("Home")
    expect(page.get_by_test_id("stMetricValue").first).to_contain_text("4 of 4")
    assert metric(page, "Faults found") == "4 of 4"
    found = chart(page, "was called").locator(".annotation-text").last
    expect(found).to_have_text("4")  # all faulty ones

    alike = chart(page, "first principal component")
    alike.scroll_into_view_if_needed()
    page.mouse.move(*centre(alike.locator(".point").last))
    expect(alike.locator(".hoverlayer")).to_contain_text("anomaly_id_5")
    page.mouse.click(*centre(alike.locator(".point").last))
    expect(page.locator("audio")).to_have_count(1)
    expect(page.get_by_text("it was faulty")).to_be_visible()
    page.wait_for_function("document.querySelector('audio').duration == 10")
    shoot(page, tmp_path, "laptop heard")

    with page.expect_download() as asked:
        page.get_by_role("button", name="Report (HTML)").click()
    report = Path(asked.value.path()).read_text()
    assert "anomaly_id_50_00000000.wav" in report
    with page.expect_download() as asked:
        page.get_by_role("button", name="Pictures (PNG)").click()
    with zipfile.ZipFile(io.BytesIO(Path(asked.value.path()).read_bytes())) as pictures:
        assert "simulated_valve_map.png" in pictures.namelist()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_of_it_in_its_width(evaluated, tmp_path, scheme):
    page = evaluated(**PHONE, color_scheme=scheme)
    width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= 380
    shoot(page, tmp_path, f"phone {scheme}")
