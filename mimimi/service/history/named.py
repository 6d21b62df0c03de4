"""Which machine of a history somebody means, by its name or what an address makes of that."""

from __future__ import annotations

from mimimi import names
from mimimi.errors import UserError
from mimimi.service.history.history import History


class NoHistoryError(UserError):
    """Nothing was heard of the machine that was named."""


def named(history: History, machine: str) -> str:
    """The name under which a machine stands in the history.

    Args:
        history: of all machines.
        machine: its name, or the slug of it, such as `compressor-2`.

    Raises:
        NoHistoryError: there is none; the sentence says which there are.
    """
    known = history.machines()
    if found := names.meant(machine, known):
        return found
    there = f"there is of {', '.join(known)}" if known else "nothing was heard yet"
    proposal = names.proposal(machine, known) or "."
    raise NoHistoryError(f"There is no history of {machine!r}; {there}{proposal}")
