"""A repository of the stand-in for the Hub."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

import yaml


@dataclass
class Repo:
    """Its commits, the newest last, each with all files; branches and tags point at them."""

    private: bool = False
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def commit(self, files: dict[str, bytes]) -> str:
        name = hashlib.sha1(repr((len(self.commits), sorted(files.items()))).encode()).hexdigest()
        self.commits[name] = dict(files)
        return name

    def at(self, revision: str) -> str | None:
        revision = self.tags.get(revision, revision)
        return (
            next(reversed(self.commits), None)
            if revision == "main"
            else (revision if revision in self.commits else None)
        )

    @property
    def card(self) -> dict:
        files = self.commits[next(reversed(self.commits))] if self.commits else {}
        found = re.match(r"---\n(.*?)\n---", files.get("README.md", b"").decode(), re.DOTALL)
        return yaml.safe_load(found[1]) if found else {}

    @property
    def labels(self) -> list[str]:
        """As the Hub derives them from the card."""
        card = self.card
        library = [card["library_name"]] if "library_name" in card else []
        licence = [f"license:{card['license']}"] if "license" in card else []
        return [*library, *card.get("tags", []), *licence]


def git_hash(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
