"""Numbers and names as the page writes them."""

from __future__ import annotations

import re

from mimimi.estimate import Estimate
from mimimi.terminal import one_line

_LINK = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)  # where one is broken
_ACTS = re.compile(r"[\\`*\[\]<>|~$&]|(?<!\w)_|_(?!\w)|:(?=[A-Za-z/])|^[#+-]|(?<=^\d)[.)](?= )")


def percent(value: float | None) -> str:
    """A share, with two digits below ten."""
    if value is None:
        return "–"
    return f"{100 * value:.0f} %" if value >= 0.095 else f"{100 * value:.2g} %"


def number(value: float | None) -> str:
    """Three digits that matter."""
    return "–" if value is None else f"{value:.3g}"


def share(estimate: Estimate | None) -> str:
    """A share and its interval."""
    if estimate is None:
        return "n/a"
    low, high = f"{100 * estimate.low:.0f}", f"{100 * estimate.high:.0f}"
    return f"{100 * estimate.value:.0f} % ({low} to {high})"


def plain(text: str) -> str:
    r"""A text from outside, such as a file's name or an error, as Markdown shows it unchanged.

    Nothing in it becomes a picture or a link. Addresses become links where nobody has marked them
    as such, escaped or not; a word joiner in them, which nobody sees, keeps them from it.

    Example:
        >>> plain("![a](b) of id_00: _c_")
        '!\\[a\\](b) of id_00: \\_c\\_'
    """
    return _ACTS.sub(r"\\\g<0>", _LINK.sub("\u2060", one_line(text)))


def machine(machine_type: str, machine_id: str | None) -> str:
    """What a machine is called; a kind that says nothing, or is in the name, is left out.

    Example:
        >>> machine("fan", "id_00"), machine("machine", "north"), machine("press", "Press 2")
        ('fan id_00', 'north', 'Press 2')
    """
    name = machine_id or ""
    said = machine_type == "machine" or machine_type.lower() in name.lower()
    return name if name and said else f"{machine_type} {name}".strip()


def sentence(text: str) -> str:
    """Words with a capital and a full stop."""
    return f"{text[0].upper()}{text[1:]}."
