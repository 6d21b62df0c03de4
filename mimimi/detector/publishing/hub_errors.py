"""What goes wrong with the Hugging Face Hub, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mimimi.errors import DetectorError, UserError


def answered(error: Exception) -> bool:
    """Whether the Hub itself said no, so that what is in the cache is no substitute."""
    status = getattr(getattr(error, "response", None), "status_code", 0)
    return 400 <= status < 500


@contextmanager
def in_words(what: str) -> Iterator[None]:
    """Turn whatever goes wrong with the Hub into one sentence.

    What servers, proxies, login pages of hotels and the libraries below can raise is no closed
    list.
    """
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        raise DetectorError(f"{what}: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    from huggingface_hub.errors import (
        GatedRepoError,
        HFValidationError,
        LocalTokenNotFoundError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    match error:
        case GatedRepoError():
            return "it is gated; accept its terms on the Hub's site first"
        case RepositoryNotFoundError():
            return "there is no such repo, or it is private and asks for a token that may read it"
        case RevisionNotFoundError():
            return "it has no such revision"
        case HFValidationError():
            return "this is no name on the Hub"
        case LocalTokenNotFoundError():
            return "no token is at hand; run `hf auth login`, or set HF_TOKEN"
        case OfflineModeIsEnabled():
            return "HF_HUB_OFFLINE is set, and it is not in the cache"
    if isinstance(error, RuntimeError) and isinstance(error.__cause__, Exception):
        return _reason(error.__cause__)  # "Error while uploading", which hides why
    status = getattr(getattr(error, "response", None), "status_code", 0)
    if status in (401, 403):
        return "the token is not accepted or may not do this; check it at the Hub's site"
    if status >= 400:
        return f"the Hub answered with error {status}; try again later"
    if isinstance(error, ValueError):
        return "its answer makes no sense; does a login page or a proxy stand in between?"
    return f"the Hub cannot be reached ({type(error).__name__}); check the network and try again"
