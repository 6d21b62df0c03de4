"""Which extra of an installation brings what is not needed for judging, and what to say without."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from mimimi.errors import UserError

_BROUGHT_BY = {
    **dict.fromkeys(("torch", "torchaudio", "sklearn"), "train"),
    **dict.fromkeys(("streamlit", "plotly", "matplotlib"), "app"),
    **dict.fromkeys(("ray", "pyarrow"), "cluster"),
    **dict.fromkeys(("sqlalchemy", "psycopg", "paho", "sounddevice", "tomli"), "service"),
    **dict.fromkeys(("fastapi", "fastapi_offline", "uvicorn", "python_multipart"), "service"),
    **dict.fromkeys(("prometheus_client", "apprise"), "service"),
}


class MissingExtraError(UserError):
    """Something was asked for that this installation cannot do; its text names the extra."""


def need(module: str) -> Any:
    """A module of an extra.

    Raises:
        MissingExtraError: it is not installed.

    Example:
        >>> need("json").loads("[1]")
        [1]
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise (missing(error) or error) from None


def installed(module: str) -> bool:
    """Whether a module is there, without importing it."""
    return find_spec(module) is not None


def missing(error: BaseException) -> MissingExtraError | None:
    """What to say of an import that failed; None if no extra would have helped.

    Example:
        >>> print(missing(ModuleNotFoundError(name="torch.nn")))
        torch is not installed; bring it with:  pip install "mimimi[train]"
        >>> missing(ModuleNotFoundError(name="tkinter")) is None
        True
    """
    name = (getattr(error, "name", None) or "").partition(".")[0]
    if not isinstance(error, ModuleNotFoundError) or name not in _BROUGHT_BY:
        return None
    return MissingExtraError(
        f'{name} is not installed; bring it with:  pip install "mimimi[{_BROUGHT_BY[name]}]"'
    )
