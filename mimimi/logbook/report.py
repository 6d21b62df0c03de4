"""The verdict on one recording on one page, to be sent or printed: HTML with all that it shows."""

from __future__ import annotations

import base64
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi import __version__
from mimimi.audio import Waveform
from mimimi.config import SAMPLE_RATE
from mimimi.detector.threshold import odds
from mimimi.explain.account import Account
from mimimi.explain.outline import WORTH_IT
from mimimi.logbook import pictures
from mimimi.names import called

if TYPE_CHECKING:
    from jinja2 import Template


def report(
    account: Account,
    waveform: Waveform,
    when: datetime,
    *,
    photo: bytes | None = None,
    told: str | None = None,
) -> str:
    """Write it.

    Args:
        account: of the recording.
        waveform: the recording, which is in it to be heard.
        when: it was judged.
        photo: of the machine, a JPEG.
        told: what somebody said of it.

    Returns:
        HTML, one A4 page when printed, which fetches nothing and runs no script.
    """
    verdict = account.verdict
    found = account.found
    outlined = found if found and found.magnitude_share >= WORTH_IT else None
    spectra = pictures.two_spectra(account.beside) if account.beside else None
    over_time = pictures.over_time(waveform.in_place, SAMPLE_RATE, outlined)
    return _template().render(
        machine=called(verdict.machine_type, verdict.machine_id),
        unusual=verdict.is_anomalous,
        account=account,
        verdict=verdict,
        when=when,
        told=told,
        photo=photo and _address("image/jpeg", photo),
        spectra=spectra and _address("image/png", spectra),
        over_time=_address("image/png", over_time),
        is_outlined=outlined is not None,
        by_mistake=verdict.false_alarm_rate and odds(verdict.false_alarm_rate),
        sound=_address("audio/wav", _wav(waveform)),
        version=__version__,
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(Path(__file__).with_name("report.html").read_text("utf-8"))


def _wav(waveform: Waveform) -> bytes:
    import io

    import soundfile

    file = io.BytesIO()
    soundfile.write(file, waveform.in_place, SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def _address(mime: str, content: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"
