"""A machine of one's own is taught to the Analyse page, and what the page then says."""

from __future__ import annotations

import io

import numpy as np
import soundfile
from streamlit.testing.v1 import AppTest
from visit import opened, said

from mimimi.simulate import simulate_clip

NAME = "Halle 'Süd' #2 & 3, 100 %"


def wav(samples: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, 16_000, format="WAV", subtype="PCM_16")
    return file.getvalue()


def slider(take: int, fault: str | None = None) -> np.ndarray:
    return simulate_clip("slider", "id_52", clip=take, fault=fault, severity=3.0)


def drop(page: AppTest, place: str, *files: tuple[str, bytes]) -> AppTest:
    [uploader] = [one for one in page.file_uploader if one.key.startswith(place)]
    return uploader.set_value([(name, content, "audio/wav") for name, content in files]).run()


def call(page: AppTest, name: str) -> AppTest:
    [field] = [one for one in page.text_input if one.key.startswith("teach_name")]
    return field.set_value(name).run()


def taught(minute: list[tuple[str, bytes]], name: str = NAME) -> AppTest:
    page = drop(call(opened(), name), "teach_uploads", *minute)
    assert not page.error
    assert "Now give it a recording" in page.success[0].value
    return page


def headline(page: AppTest) -> str:
    return next(
        line
        for line in said(page).splitlines()
        if line.startswith(("## :green[", "## :red[", "## :orange[", "## :grey["))
    )


def words(elements) -> str:
    """As they are read: the page escapes what came from outside."""
    return "\n".join(element.value for element in elements).replace("\\", "")


def has(page: AppTest, key: str) -> bool:
    return any(button.key == key for button in page.button)
