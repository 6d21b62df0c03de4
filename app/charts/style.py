"""What all figures share beside their colours, which are `mimimi.evaluation.pictures.palette`'s."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}
LEGEND: dict[str, Any] = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0}


def readable(figure: go.Figure) -> go.Figure:
    """Letters of 14 px everywhere."""
    figure.update_layout(font_size=14, legend_font_size=14)
    figure.update_xaxes(tickfont_size=14)
    figure.update_yaxes(tickfont_size=14)
    return figure
