"""Every page as axe-core sees it, light and dark, on a laptop and on a phone: nothing serious."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import LAPTOP, PATIENCE, PHONE, settled
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

BAD = {"serious", "critical"}
PAGES = ("", "machines", "live", "monitor", "train", "evaluate", "models")
VIEWS = {
    "laptop": LAPTOP,
    "laptop dark": LAPTOP | {"color_scheme": "dark"},
    "phone": PHONE,
    "phone dark": PHONE | {"color_scheme": "dark"},
}


def found(page: Page) -> list[str]:
    """What is serious, and headings out of their order."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:300]} {node['failureSummary'][:400]}"
        for rule in violations
        for node in rule["nodes"]
        if rule["impact"] in BAD or rule["id"] == "heading-order"
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_no_page_has_a_serious_barrier(browser, address, view):
    context = browser.new_context(**VIEWS[view])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    barriers = {}
    for name in PAGES:
        page.goto(f"{address}/{name}")
        settled(page)
        barriers[name] = found(page)
    page.goto(address)
    page.get_by_role("radio", name="fan").click()
    page.get_by_role("button", name="Judge “Going wrong”").click()
    page.get_by_text("For experts: numbers").click()
    expect(page.locator(".st-key-probabilities .js-plotly-plot")).to_be_visible()
    settled(page)
    barriers["a verdict"] = found(page)
    context.close()
    assert not {name: said for name, said in barriers.items() if said}
