"""What a visitor sees: run by the server anew for each visitor and each of his clicks."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from guard import choices
from state import kept, visits
from widgets import mistakes

mistakes.catch()
choices.enforce()
visits.go_on()

st.set_page_config(
    page_title="MIMIMI: is this machine all right?",
    page_icon=Path(__file__).with_name("icon.svg"),  # Streamlit fetches its own icons from afar
    layout="wide",
)
st.html(
    """<style>
    .stMainBlockContainer { max-width: 1280px; padding-top: 4.25rem; } /* lines stay readable */
    .stMainBlockContainer h1 { padding-top: 0; }
    [data-testid=InputInstructions] { display: none; } /* "Press Enter", which nobody needs to */
    /* It ends the drawing of the page and nothing else: what a page's own Stop ends goes on. */
    [data-testid=stStatusWidget] button { display: none; }
    .st-key-top { display: none; } /* it only scrolls */
    .st-key-use a { border: 1px solid currentColor; padding: 0.3rem 0.75rem; } /* as a button */
    .st-key-live_page [data-stale=true] { opacity: 1 !important; } /* drawn anew all the time */
    .st-key-now_said { min-height: 7.5rem; }
    [data-testid=stHeaderActionElements] { display: none; } /* anchors that nobody needs */
    /* Streamlit's grey is too pale for small letters on white. */
    .stPlotlyChart :is(.xtick, .ytick, .y2tick, .y3tick, .infolayer, .hoverlayer) text,
    .stPlotlyChart .bartext-outside {
        fill: currentColor !important;
    }
    </style>"""
)

kept.restore()

st.navigation(
    [
        st.Page("analyse/page.py", title="Analyse", icon=":material/graphic_eq:", default=True),
        st.Page("live/page.py", url_path="live", title="Live", icon=":material/mic:"),
        st.Page("monitor/page.py", url_path="monitor", title="Monitor", icon=":material/hearing:"),
        st.Page("train/page.py", url_path="train", title="Train", icon=":material/model_training:"),
        st.Page(
            "evaluate/page.py", url_path="evaluate", title="Evaluate", icon=":material/fact_check:"
        ),
        st.Page("models/page.py", url_path="models", title="Models", icon=":material/inventory_2:"),
    ],
    position="top",
).run()
