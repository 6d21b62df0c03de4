"""The page and the Hub: defaults of a namespace, a visitor's detectors and tokens, publishing."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import streamlit as st
from hub_server import MINE, OTHERS, HubServer
from streamlit.testing.v1 import AppTest
from visit import try_example, upload

from mimimi.detector.locate import bundled
from state import examples, hub_detectors

APP = Path(__file__).resolve().parents[2] / "app"


@pytest.fixture(autouse=True)
def _fresh(server: HubServer, monkeypatch):
    """No detector that an earlier test has left in the page's caches, and time to fetch others."""
    monkeypatch.setattr(hub_detectors, "_WAIT", 600.0)
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()


def opened(page: str = "pages.py", **address: str) -> AppTest:
    test = AppTest.from_file(str(APP / page), default_timeout=120)
    test.query_params.update(address)
    return test.run()


def fetch(page: AppTest, name: str, token: str = "", key: str = "machine") -> AppTest:
    page.text_input(key=f"hub_name_{key}").set_value(name)
    page.text_input(key=f"hub_token_{key}").set_value(token)
    return next(button for button in page.button if button.label == "Download").click().run()


def said(page: AppTest) -> str:
    assert not page.exception
    kinds = (page.markdown, page.caption, page.error, page.info, page.success, page.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def judged(page: AppTest) -> str:
    """Everything said once an example was judged."""
    return said(try_example(page, "fan", "normal"))


def held(page: AppTest) -> str:
    """All that the visit holds, and its address."""
    return repr(page.session_state) + repr(page.query_params)


def tokens(server: HubServer) -> set[str | None]:
    """Those sent to the Hub itself.

    Its store of large files gets none, nor does what its client asks once in a process.
    """
    others = ("/store/", "/api/agent-harnesses")
    return {token for _, path, token in server.asked if not path.startswith(others)}


# --- a visitor's own choice


def test_a_detector_of_the_hub_is_fetched_and_chosen(server):
    commit = server.add("user/north", bundled()["fan"])
    page = fetch(opened(), "user/north")
    assert page.selectbox(key="detector").value == "user/north"
    assert page.query_params["detector"] == "user/north"
    page.selectbox(key="id").set_value("id_53").run()
    clip = examples.simulate(examples.Example("fan"))
    upload(page, ("mine.wav", clip))
    assert f"(Hub user/north at {commit[:7]})" in said(page)


def test_a_link_to_one_fetches_nothing_by_itself(server):
    server.add("user/north", bundled()["fan"])
    page = opened(detector="user/north", id="id_04")
    assert "asks for the detector user/north" in said(page)
    assert not server.asked
    page = fetch(page, "user/north")
    assert "asks for" not in said(page)
    assert page.query_params == {"detector": "user/north", "id": "id_04"}


@pytest.mark.parametrize("name", ["user/nothing", "../etc/passwd", "", "<b>x</b>"])
def test_what_cannot_be_fetched_is_one_sentence(server, name):
    page = fetch(opened(), name)
    assert "Hub" in page.error[0].value
    assert page.selectbox(key="detector").value == "fan"


def test_a_damaged_one_is_refused_when_it_is_fetched(server, tmp_path):
    for name, content in (("config.json", b'{"format": 99}'), ("model.safetensors", b"")):
        (tmp_path / name).write_bytes(content)
    server.add("user/later", tmp_path)
    page = fetch(opened(), "user/later")
    assert "later version" in page.error[0].value
    assert "user/later" not in page.selectbox(key="detector").options


def test_a_token_serves_one_fetch_and_is_kept_nowhere(server):
    server.add("user/secret", bundled()["fan"], private=True)
    page = fetch(opened(), "user/secret", MINE)
    assert page.selectbox(key="detector").value == "user/secret"
    assert tokens(server) == {MINE}
    assert "user/secret" in held(page)
    assert MINE not in held(page)


# --- shared installations


def test_a_shared_installation_never_uses_its_own_token(server, monkeypatch):
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    monkeypatch.setenv("HF_TOKEN", MINE)
    monkeypatch.setenv("MIMIMI_HUB_NAMESPACE", "user")
    server.add("user/secret", bundled()["fan"], private=True)
    server.add("user/mimimi-fan", bundled()["fan"], private=True)
    page = fetch(opened(), "user/secret")
    assert "private" in page.error[0].value
    page = opened("models/page.py")
    page.button(key="FormSubmitter:search-Search the Hub").click().run()
    publish(page, "fan", "user/mine")
    assert "token of your own" in said(page)
    assert server.asked
    assert tokens(server) == {None}


def test_a_private_detector_of_one_visitor_is_not_another_ones(server, monkeypatch):
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    server.add("user/secret", bundled()["fan"], private=True)
    page = fetch(opened(), "user/secret", MINE)
    assert page.selectbox(key="detector").value == "user/secret"
    other = fetch(opened(), "user/secret")
    assert "private" in other.error[0].value
    assert "user/secret" not in other.selectbox(key="detector").options


# --- defaults of a namespace


def test_a_namespaces_detector_is_the_default_and_is_named(server, monkeypatch):
    monkeypatch.setenv("MIMIMI_HUB_NAMESPACE", "user")
    commit = server.add("user/mimimi-fan", bundled()["fan"])
    assert f"(Hub user/mimimi-fan at {commit[:7]})" in judged(opened())


def test_where_a_repo_is_missing_the_bundled_one_serves_and_why_is_said(server, monkeypatch):
    monkeypatch.setenv("MIMIMI_HUB_NAMESPACE", "user")
    text = judged(opened())
    assert "the bundled one, since user/mimimi-fan could not be fetched" in text
    assert "no such repo" in text


def test_nobody_waits_for_a_dead_network_twice(server, monkeypatch):
    monkeypatch.setenv("MIMIMI_HUB_NAMESPACE", "user")
    monkeypatch.setattr(hub_detectors, "_WAIT", 0.1)
    waits, wait = [], hub_detectors.wait
    monkeypatch.setattr(
        hub_detectors, "wait", lambda *of, timeout: (waits.append(timeout), wait(*of, timeout))
    )
    server.stalls.set()
    assert hub_detectors.default("fan") == "user/mimimi-fan is still being fetched"
    assert hub_detectors.default("pump") == "user/mimimi-pump is still being fetched"
    assert waits == [0.1]
    server.closed.set()  # what was asked ends now


def test_a_detector_of_another_type_is_no_default(server, monkeypatch):
    monkeypatch.setenv("MIMIMI_HUB_NAMESPACE", "user")
    server.add("user/mimimi-fan", bundled()["pump"])
    assert "is for no fan" in judged(opened())


# --- the Models page


def publish(page: AppTest, name: str, repo: str, token: str = "") -> AppTest:
    page.text_input(key=f"publish_{name}_repo").set_value(repo)
    page.text_input(key=f"publish_{name}_token").set_value(token)
    return page.button(key=f"FormSubmitter:publish_{name}-Publish").click().run()


def test_the_models_page_shows_figures_and_cards(server):
    page = opened("models/page.py")
    assert "Knows id_00" in said(page)
    assert "CC-BY-SA-4.0" in said(page)
    assert "#### Limits" in said(page)
    assert [chart.key for chart in page.get("plotly_chart")] == [
        "comparison_real",
        "comparison_simulated",
    ]
    assert any("mean, MIMII" in list(table.value["machine"]) for table in page.dataframe)


def test_search_and_fetch(server):
    server.add("user/north", bundled()["pump"])
    server.add("other/thing", bundled()["fan"], private=True)
    page = opened("models/page.py")
    assert not server.asked
    page.text_input(key="search_text").set_value("pump")
    page.button(key="FormSubmitter:search-Search the Hub").click().run()
    assert "user/north" in said(page)
    assert "other/thing" not in said(page)
    page.button(key="fetch_user/north").click().run()
    assert page.session_state["models_type"] == "pump"
    assert "user/north (Hub, pump)" in said(page)


def test_publishing_from_the_page(server):
    page = publish(opened("models/page.py"), "fan", "other/mine", OTHERS)
    assert "Published: [other/mine]" in said(page)
    assert server.repos["other/mine"].private
    assert OTHERS not in held(page)
    files = next(iter(server.repos["other/mine"].commits.values()))
    published = json.loads(files["config.json"])
    kept = json.loads((bundled()["fan"] / "config.json").read_bytes())
    today = {"format": 0, "channels": None}  # saved anew, in today's format
    assert published | today == kept | today


def test_a_licence_that_is_not_known_is_asked_for_before_anything_is_published(server, saved):
    home = Path(os.environ["MIMIMI_HOME"])
    shutil.copytree(saved, home / "runs" / "mine")
    page = publish(opened("models/page.py"), "mine", "other/mine", OTHERS)
    assert "Choose the licence" in said(page)
    assert "other/mine" not in server.repos
    page.selectbox(key="licence_mine").set_value("cc-by-4.0")
    page = publish(page, "mine", "other/mine", OTHERS)
    assert "Published: [other/mine]" in said(page)
    files = next(iter(server.repos["other/mine"].commits.values()))
    assert json.loads(files["config.json"])["about"]["licence"] == "cc-by-4.0"
    assert b"license: cc-by-4.0" in files["README.md"]


def test_a_card_that_was_fetched_fetches_no_pictures(server, tmp_path):
    for path in bundled()["fan"].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "README.md").write_text("# Look\n\n![](https://tracker.example/x.png)\n")
    server.add("user/north", tmp_path)
    page = fetch(opened("models/page.py"), "user/north", key="models")
    page.toggle(key="card_user/north").set_value(True).run()
    assert "#### Limits" in said(page)
    assert "tracker" not in said(page)
