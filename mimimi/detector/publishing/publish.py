"""Publish a saved detector on the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path

from mimimi.detector.publishing.hub import REPO, TAG, Token, api
from mimimi.detector.publishing.hub_errors import in_words
from mimimi.errors import UserError


def require_name(repo: str) -> None:
    """Refuse what is no name on the Hub.

    Raises:
        UserError: it is not "user/repo".
    """
    if not (named := REPO.fullmatch(repo)) or named["revision"]:
        raise UserError(f"{repo!r} is no name on the Hub; give it as user/name.")


def publish(folder: Path, repo: str, *, private: bool = False, token: Token = None) -> str:
    """Publish the files of a detector as they are.

    Args:
        folder: with weights, configuration and card.
        repo: "user/repo", made where it is missing.
        private: only its owner sees it.
        token: that may write there.

    Returns:
        The address of the commit.

    Raises:
        DetectorError: the Hub refuses it or cannot be reached.
        UserError: the repo holds something else, or is public where a private one was asked for.
    """
    with in_words(f"{repo} could not be published"):
        hub = api(token)
        hub.create_repo(repo, private=private, exist_ok=True)
        there = hub.model_info(repo)
        others = {file.rfilename for file in there.siblings or []} - {".gitattributes"}
        if others and TAG not in (there.tags or []):
            raise UserError(f"{repo} on the Hub holds something else; choose another name.")
        if private and not there.private:
            raise UserError(
                f"{repo} is on the Hub already and public; make it private there, "
                "or choose another name."
            )
        commit = hub.upload_folder(
            repo_id=repo, folder_path=folder, commit_message="A MIMIMI detector"
        )
    return str(commit.commit_url)
