"""Everything that was found, as files."""

from __future__ import annotations

import streamlit as st

from evaluate.trial import Tried
from state import detectors


def offer(tried: Tried) -> None:
    """Figures, clips, pictures, and all of it in one HTML file; made when they are asked for."""
    from mimimi.evaluation.files import as_csv, as_json, as_zip
    from mimimi.evaluation.report import report

    evaluation = tried.evaluation
    asked = {"detectors": list(tried.detectors), "data": [tried.data]}

    def html() -> bytes:
        judges = [detectors.load(name) for name in tried.detectors]
        return as_given(tried, report(evaluation, judges, [tried.data]).encode())

    row = st.container(horizontal=True)
    row.download_button("Report (HTML)", html, "report.html", "text/html", type="primary")
    row.download_button(
        "Pictures (PNG)", lambda: as_zip(evaluation), "pictures.zip", "application/zip"
    )
    row.download_button("CSV", lambda: as_given(tried, as_csv(evaluation)), "clips.csv", "text/csv")
    row.download_button(
        "JSON",
        lambda: as_given(tried, as_json(evaluation, asked)),
        "evaluation.json",
        "application/json",
    )


def as_given(tried: Tried, content: bytes) -> bytes:
    """A file without the folder that uploaded recordings lie in for a while."""
    return content.replace(f"{tried.place.name}/".encode(), b"") if tried.place else content
