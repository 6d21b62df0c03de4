"""A figure on the page, with the buttons that make sense for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st
from plotly.graph_objects import Figure

Buttons = Literal["none", "save", "zoom"]


def show(figure: Figure, key: str, buttons: Buttons = "save") -> None:
    """Show a figure; another of this key takes its place.

    Args:
        figure: what is shown.
        key: of the element; names the file that it is saved as, too.
        buttons: none, one that saves a PNG, or those that zoom beside it.
    """
    st.plotly_chart(figure, key=key, config=_config(key, buttons))


def click(figure: Figure, key: str, on_click: Callable[[], None]) -> None:
    """Show a figure whose points can be clicked.

    Args:
        figure: what is shown.
        key: of the element, whose state holds what was clicked; names the file, too.
        on_click: called when a point was clicked, before the rerun that this causes.
    """
    st.plotly_chart(
        figure,
        key=key,
        on_select=on_click,
        selection_mode="points",
        config=_config(key, "zoom"),
    )


def select(figure: Figure, name: str) -> Any:
    """Show a figure whose points can be clicked; gives what is selected.

    It has no key: another figure begins without a selection.
    """
    config = _config(name, "save")
    return st.plotly_chart(figure, on_select="rerun", selection_mode="points", config=config)


def _config(name: str, buttons: Buttons) -> dict[str, Any]:
    config: dict[str, Any] = {
        "displaylogo": False,
        "toImageButtonOptions": {"format": "png", "scale": 2, "filename": f"mimimi {name}"},
    }
    if buttons == "none":
        return config | {"displayModeBar": False}
    if buttons == "save":
        return config | {"modeBarButtons": [["toImage"]]}
    return config | {"modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}
