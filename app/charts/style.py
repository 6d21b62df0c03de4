"""What all figures share beside their colours, which are `mimimi.evaluation.pictures.palette`'s."""

from __future__ import annotations

from typing import Any

import pandas  # noqa: F401  # Plotly fails while another thread has imported a half of it
import plotly.graph_objects as go

from mimimi.evaluation.pictures.palette import GREY

LEGEND: dict[str, Any] = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0}
THRESHOLD = {"color": GREY, "width": 2, "dash": "dash"}


def plain(
    data: list[dict[str, Any]],
    height: int,
    axes: dict[str, dict[str, Any]],
    *,
    top: int = 8,
    **layout: Any,
) -> go.Figure:
    """As `finished`, of dictionaries: a tenth of the time, for what is drawn anew all the time.

    Args:
        data: traces.
        height: in px.
        axes: such as "xaxis", each with what it shows.
        top: height of the margin above, for a legend or a title.
        layout: more of Plotly's own.
    """
    letters = {"font": {"size": 14}}
    shared = {"height": height, "margin": _margin(top), "dragmode": False, **letters}
    lettered = {name: {"tickfont": {"size": 14}} | axis for name, axis in axes.items()}
    legend = letters | layout.pop("legend", {})
    return go.Figure({"data": data, "layout": shared | lettered | layout | {"legend": legend}})


def finished(figure: go.Figure, height: int, *, top: int = 8, **layout: Any) -> go.Figure:
    """The figure, ready to be shown: letters of 14 px everywhere, narrow margins.

    Args:
        figure: with all that it shows.
        height: in px.
        top: height of the margin above, for a legend or a title.
        layout: more of Plotly's own.
    """
    shared = {"height": height, "margin": _margin(top), "dragmode": False}
    figure.update_layout(shared | layout)
    figure.update_layout(font_size=14, legend_font_size=14)
    figure.update_xaxes(tickfont_size=14)
    figure.update_yaxes(tickfont_size=14)
    return figure


def _margin(top: int) -> dict[str, int]:
    return {"l": 8, "r": 8, "t": top, "b": 8}
