"""Publish a detector on the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from mimimi.detector.publishing.hub import FILES, REPO, TAG, Token, api, in_words
from mimimi.errors import UserError


def publish(folder: Path, repo: str, *, private: bool = False, token: Token = None) -> str:
    """Publish a saved detector: weights and configuration as they are, and a card for the Hub.

    Args:
        folder: of the detector; it is loaded first, so that nothing damaged goes out.
        repo: "user/repo", made where it is missing.
        private: only its owner sees it.
        token: that may write there.

    Returns:
        The address of the commit.

    Raises:
        DetectorError: the folder holds no detector, or the Hub refuses it or cannot be reached.
        UserError: the repo holds something else, or is public where a private one was asked for.
    """
    from mimimi.detector.detector import Detector

    if not (named := REPO.fullmatch(repo)) or named["revision"]:
        raise UserError(f"{repo!r} is no name on the Hub; give it as user/name.")
    detector = Detector.from_pretrained(folder.absolute())
    card = detector.card(repo)
    with TemporaryDirectory() as staged, in_words(f"{repo} could not be published"):
        for name in FILES[:2]:
            (Path(staged) / name).write_bytes((folder / name).read_bytes())
        (Path(staged) / "README.md").write_text(card, encoding="utf-8")
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
            repo_id=repo, folder_path=staged, commit_message="A MIMIMI detector"
        )
    return str(commit.commit_url)
