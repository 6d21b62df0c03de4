"""Every choice is one of its options, whoever sends it: where it is read, and in callbacks, too.

Streamlit gives a page whatever a browser sends for a chooser, among its options or not, and runs
callbacks before the page is drawn. All choosers read what was sent by a `deserialize` that knows
the options they were last drawn with: the one place in which all can be checked.
"""

from __future__ import annotations

from typing import Any

from streamlit.elements.widgets.multiselect import MultiSelectSerde
from streamlit.elements.widgets.radio import RadioSerde
from streamlit.elements.widgets.selectbox import SelectboxSerde

_One = SelectboxSerde[Any] | RadioSerde[Any]


def any_text(option: object) -> str:
    """The `format_func` of a chooser that takes new options: what it gives is checked elsewhere."""
    return str(option)


def enforce() -> None:
    """From now on, what is not among a chooser's options is as if nothing had been sent."""
    for kind in (SelectboxSerde, RadioSerde):
        if kind.deserialize is not _one:
            _original[kind] = kind.deserialize
            kind.deserialize = _one  # type: ignore[method-assign]
    if MultiSelectSerde.deserialize is not _several:
        _original[MultiSelectSerde] = MultiSelectSerde.deserialize
        MultiSelectSerde.deserialize = _several  # type: ignore[method-assign]


_original: dict[type, Any] = {}


def _one(self: _One, ui_value: str | None) -> Any:
    known = ui_value in self.formatted_option_to_option_index
    if not known and getattr(self, "format_func", None) is not any_text:
        ui_value = None
    return _original[type(self)](self, ui_value)


def _several(self: MultiSelectSerde[Any], ui_value: list[str] | None) -> list[Any]:
    kept = None if ui_value is None else [one for one in ui_value if one in self.formatted_options]
    found: list[Any] = _original[MultiSelectSerde](self, kept)
    return found
