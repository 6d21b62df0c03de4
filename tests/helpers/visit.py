"""What a visitor of the Analyse page does, by way of Streamlit's AppTest."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

MAIN = Path(__file__).resolve().parents[2] / "app" / "pages.py"


def opened(**address: str) -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=120)
    page.query_params.update(address)
    return page.run()


def click(page: AppTest, key: str) -> AppTest:
    return page.button(key=key).click().run()


def upload(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    [uploader] = [one for one in page.file_uploader if one.key.startswith("uploads_")]
    return uploader.set_value([(name, content, "audio/wav") for name, content in files]).run()


def said(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(element.value for element in page.markdown)
