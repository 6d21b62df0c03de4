"""A figure of an evaluation on the page, with a button that saves it as PNG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def draw(figure: Figure, name: str) -> None:
    """Show a figure; another of this name takes its place."""
    st.plotly_chart(figure, key=f"evaluation_{name}", config=_config(name))


def select(figure: Figure, name: str) -> Any:
    """Show a figure whose points can be clicked; gives what is selected.

    It has no key: another figure begins without a selection.
    """
    return st.plotly_chart(figure, on_select="rerun", selection_mode="points", config=_config(name))


def _config(name: str) -> dict[str, Any]:
    return {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "scale": 2, "filename": f"mimimi {name}"},
    }
