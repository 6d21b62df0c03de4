"""What a visitor sees: run by the server anew for each visitor and each of his clicks."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from guard import ahead, choices
from state import device, kept, visits
from widgets import mistakes, navigation

_HERE = Path(__file__).parent

mistakes.catch()
choices.enforce()
visits.go_on()

st.set_page_config(
    page_title="MIMIMI: is this machine all right?",
    page_icon=_HERE / "icon.svg",  # Streamlit fetches its own icons from afar
    layout="wide",
)
st.html(_HERE / "page.css")

kept.restore()

navigation.run(
    [
        st.Page("analyse/page.py", title="Analyse", icon=":material/graphic_eq:", default=True),
        st.Page(
            "machines/page.py",
            url_path="machines",
            title="Machines",
            icon=":material/precision_manufacturing:",
        ),
        st.Page("live/page.py", url_path="live", title="Live", icon=":material/mic:"),
        st.Page("monitor/page.py", url_path="monitor", title="Monitor", icon=":material/hearing:"),
        st.Page("train/page.py", url_path="train", title="Train", icon=":material/model_training:"),
        st.Page(
            "evaluate/page.py", url_path="evaluate", title="Evaluate", icon=":material/fact_check:"
        ),
        st.Page("models/page.py", url_path="models", title="Models", icon=":material/inventory_2:"),
    ],
    at_the_bottom=device.is_phone(),
)
ahead.page_stands()
