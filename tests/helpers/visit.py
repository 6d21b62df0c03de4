"""What a visitor of the Analyse page does, by way of Streamlit's AppTest."""

from __future__ import annotations

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

MAIN = Path(__file__).resolve().parents[2] / "app" / "pages.py"


def opened(**address: str) -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=120)
    page.query_params.update(address)
    return page.run()


def expert(**address: str) -> AppTest:
    """As `opened`, with what is for experts unfolded."""
    page = AppTest.from_file(str(MAIN), default_timeout=120)
    page.query_params.update(address)
    page.session_state["experts"] = True
    return page.run()


def try_example(page: AppTest, machine_type: str, condition: str) -> AppTest:
    """Choose the machine, then judge one of its examples."""
    page = page.button_group(key="try_type").set_value(machine_type).run()
    return click(page, f"try_{machine_type}_{condition}")


def click(page: AppTest, key: str) -> AppTest:
    return page.button(key=key).click().run()


def upload(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    [uploader] = [one for one in page.file_uploader if one.key.startswith("uploads_")]
    return uploader.set_value([(name, content, "audio/wav") for name, content in files]).run()


def sounds(page: AppTest) -> list[str]:
    """What can be heard beside each other in the player of the verdict, by its labels."""
    [player] = [one for one in page.get("bidi_component") if one.key == "player"]
    return [sound["label"] for sound in json.loads(player.proto.json)["sounds"]]


def said(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(element.value for element in page.markdown)
