"""Detectors on the Hugging Face Hub: fetched into its cache, searched for.

All of it through `huggingface_hub`: its cache (`HF_HOME`), its switches (`HF_HUB_OFFLINE`,
`HF_ENDPOINT`) and, where no other token is given, the user's own (`HF_TOKEN`, `hf auth login`).
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mimimi.detector import checkpoint
from mimimi.detector.publishing.hub_errors import answered, in_words
from mimimi.errors import DetectorError, UserError
from mimimi.files import replace_file

if TYPE_CHECKING:
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import ModelInfo
    from tqdm.auto import tqdm

TAG = "mimimi"
"""By it detectors are found; the Hub derives it from `library_name` in the card."""

REPO = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)(@(?P<revision>(?!.*\.\.)[\w./-]+))?", re.ASCII)
"""`user/repo`, or `user/repo@revision`: a branch, a tag or a commit."""

FILES = (checkpoint.CONFIG, checkpoint.WEIGHTS, checkpoint.CARD)
_LICENCE = re.compile("license:([a-z0-9][a-z0-9.-]{0,39})")
_COMMIT = re.compile("[0-9a-f]{40}")
_PATIENCE = 8.0  # s for any one answer; the client itself would wait for ever
_REACHED = 3.0  # s in which the Hub answers at all before it is searched

Token = str | bool | None
"""As `huggingface_hub` takes it: a token, None for the user's own, False for none at all."""

OnProgress = Callable[[float], object]
"""Told the share of the bytes that has come."""


@dataclass(frozen=True)
class Listed:
    """A detector that the Hub lists."""

    repo: str
    machine_type: str | None
    downloads: int
    changed: str  # a date
    licence: str | None


def download(
    repo: str,
    revision: str | None = None,
    *,
    token: Token = None,
    cache: Path | None = None,
    on_progress: OnProgress | None = None,
) -> Path:
    """Fetch a detector, or find it in the cache where the Hub cannot be reached.

    A commit that is in the cache is not asked for again, unless it is damaged there. What is too
    large to be a detector is refused before it is fetched.

    Args:
        repo: "user/repo".
        revision: branch, tag or commit; None: the newest.
        token: by which a private repo may be read.
        cache: in place of the Hub's own cache.
        on_progress: told the share that is done, from other threads; else a bar on the terminal.

    Returns:
        The snapshot's folder, whose name is its commit.

    Raises:
        DetectorError: it is not there, not allowed, no detector, or cannot be reached.
    """
    from huggingface_hub import snapshot_download

    total, commit = 0, revision
    if revision is not None and not REPO.fullmatch(f"{repo}@{revision}"):
        raise DetectorError(f"{revision!r} is no revision; give a branch, a tag or a commit.")

    def snapshot(*, local: bool) -> Path:
        folder = Path(
            snapshot_download(
                repo,
                revision=commit,
                token=token,
                cache_dir=cache,
                allow_patterns=list(FILES),
                local_files_only=local,
                tqdm_class=_telling(on_progress, total) if on_progress else None,
            )
        )
        if _drop_damaged(folder):
            raise FileNotFoundError(f"{folder} was damaged")
        return folder

    with in_words(f"{repo} could not be fetched from the Hugging Face Hub"):
        if _COMMIT.fullmatch(revision or ""):
            try:
                return snapshot(local=True)
            except OSError:
                pass  # not in the cache
        try:
            info = api(token).model_info(
                repo, revision=revision, files_metadata=True, timeout=_PATIENCE
            )
        except Exception as error:
            if answered(error):
                raise
            try:
                return snapshot(local=True)
            except OSError:
                raise error from None
        total, commit = _checked_size(repo, info), info.sha  # it may have changed since
        try:
            folder = snapshot(local=False)
        except Exception as error:
            if answered(error):
                raise
            folder = snapshot(local=False)  # goes on where the connection broke
        if not _COMMIT.fullmatch(revision or ""):  # so that the cache serves without a network
            ref = folder.parents[1] / "refs" / (revision or "main")
            ref.parent.mkdir(parents=True, exist_ok=True)
            replace_file(ref, folder.name.encode())
        return folder


def forget(folder: Path) -> None:
    """Take a snapshot out of the cache that it lies in, with what no other one needs of it.

    Args:
        folder: as `download` gives it.
    """
    from huggingface_hub import scan_cache_dir

    scan_cache_dir(folder.parents[2]).delete_revisions(folder.name).execute()


def _drop_damaged(folder: Path) -> bool:
    """Take out of the cache what is not what it was; whether there was such, or something lacks.

    Files in the cache are links to blobs that are named by Git's hash or, if large, by the SHA-256.
    """
    whole = True
    for name in FILES:
        blob = (folder / name).resolve()
        if not blob.is_file():
            whole = whole and name == checkpoint.CARD
            continue
        content = blob.read_bytes()
        git = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
        hashes = {40: git.hexdigest(), 64: hashlib.sha256(content).hexdigest()}
        if hashes.get(len(blob.name), blob.name) != blob.name:
            blob.unlink()
            (folder / name).unlink()
            whole = False
    return not whole


def _checked_size(repo: str, info: ModelInfo) -> int:
    """Bytes to fetch, of what may be a detector."""
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or []}
    if not {checkpoint.CONFIG, checkpoint.WEIGHTS} <= sizes.keys():
        raise DetectorError(
            f"{repo} on the Hugging Face Hub is no MIMIMI detector: it holds no "
            "config.json with a model.safetensors."
        )
    if any(sizes.get(name, 0) > checkpoint.LARGEST[name] for name in FILES):
        raise DetectorError(
            f"{repo} on the Hugging Face Hub is too large to be a detector; it was not fetched."
        )
    return sum(sizes.get(name, 0) for name in FILES)


def search(text: str = "", *, token: Token = None, most: int = 50) -> list[Listed]:
    """Detectors on the Hub, those first that are fetched most.

    Args:
        text: part of their names, or a machine type.
        token: by which private ones are found too.
        most: so many at most.

    Raises:
        DetectorError: the Hub cannot be reached.
    """
    from mimimi.config import MACHINE_TYPES

    wanted = text.strip().lower()
    tags = [TAG, wanted] if wanted in MACHINE_TYPES else [TAG]
    with in_words("The Hugging Face Hub could not be searched"):
        client = api(token)
        _require_reached(client.endpoint)
        models = list(
            client.list_models(
                filter=tags,
                search=None if len(tags) > 1 else wanted or None,
                sort="downloads",
                limit=most,
            )
        )
    return [
        Listed(
            model.id,
            next((kind for kind in MACHINE_TYPES if kind in (model.tags or [])), None),
            model.downloads or 0,
            f"{model.last_modified:%Y-%m-%d}" if model.last_modified else "",
            next(
                (found[1] for tag in model.tags or [] if (found := _LICENCE.fullmatch(tag))), None
            ),
        )
        for model in models
        if REPO.fullmatch(model.id)
    ]


def namespace() -> str | None:
    """The user or organisation whose detectors stand in for the bundled ones, where one is set.

    Raises:
        UserError: MIMIMI_HUB_NAMESPACE is no name on the Hub.
    """
    name = os.environ.get("MIMIMI_HUB_NAMESPACE", "").strip()
    if name and not re.fullmatch(r"[\w.-]+", name, re.ASCII):
        raise UserError(f"MIMIMI_HUB_NAMESPACE is no name on the Hub: {name!r}.")
    return name or None


def api(token: Token) -> HfApi:
    """The Hub's client, which waits a few seconds for an answer instead of for ever."""
    from huggingface_hub import HfApi, get_session

    hooks = get_session().event_hooks["request"]
    if _limit not in hooks:
        hooks.append(_limit)
    return HfApi(token=token, library_name="mimimi")


def _require_reached(endpoint: str) -> None:
    """Fail at once where there is no network: the client's own requests try again for 24 s."""
    from huggingface_hub import get_session

    get_session().head(endpoint, timeout=_REACHED)


def _limit(request: Any) -> None:
    """A limit for each step of a request where the client has set none."""
    limits = request.extensions.get("timeout") or {}
    steps = ("connect", "read", "write", "pool")
    request.extensions["timeout"] = {step: limits.get(step) or _PATIENCE for step in steps}


def _telling(on_progress: OnProgress, total: int) -> type[tqdm]:
    """A progress bar that is told, not drawn; the client has one for each kind of progress."""
    from tqdm.auto import tqdm

    best = [0.0]

    class Told(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            self.counts_bytes = options.get("unit") == "B"
            self.come = 0.0
            super().__init__(*args, **(options | {"disable": True}))

        def update(self, n: float | None = 1) -> bool | None:
            self.come += n or 0
            if self.counts_bytes:
                best[0] = max(best[0], min(1.0, self.come / max(total, 1)))
                on_progress(best[0])
            return None

    return Told
