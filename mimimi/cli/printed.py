"""Verdicts printed as they come, so that who stops half-way keeps those there are."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mimimi.cli.console import show
from mimimi.terminal import one_line

if TYPE_CHECKING:
    from mimimi.detector.verdict import Verdict

Printer = Callable[["Verdict"], None]


@contextmanager
def lines() -> Iterator[Printer]:
    """A line for a person each."""
    from mimimi.detector.verdict import as_text

    yield lambda verdict: print(one_line(as_text(verdict)), flush=True)


@contextmanager
def table() -> Iterator[Printer]:
    """CSV, a line each below a heading."""
    from mimimi.detector.verdict import as_csv

    headed = False

    def put(verdict: Verdict) -> None:
        nonlocal headed
        heading, row = as_csv([verdict]).split("\n", 1)
        show(row if headed else f"{heading}\n{row}", end="")
        headed = True

    yield put


@contextmanager
def objects() -> Iterator[Printer]:
    """A list of JSON, which is closed whatever happens."""
    before = "["

    def put(verdict: Verdict) -> None:
        nonlocal before
        found = json.dumps(verdict.as_dict(), indent=1, allow_nan=False)
        show(f"{before}\n{textwrap.indent(found, ' ')}", end="")
        before = ","

    try:
        yield put
    finally:
        if before != "[":
            show("\n]")
