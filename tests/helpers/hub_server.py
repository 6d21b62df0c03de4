"""A stand-in for the Hugging Face Hub: the part of its protocol that models are moved by.

Served: a repo's description and file tree at a revision, single files (large ones by a redirect to
a store on another host, as its CDN), the list of models by tag, author and text, and who a token
belongs to; making a repo, checking a card's YAML, and a commit by way of `preupload`, Git LFS
(`basic`, with verify) and the NDJSON of `commit`. Not served: Xet, ranges, multipart uploads, pull
requests, gated repos, pages of results.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import yaml
from answering import Answering
from hub_repo import Repo, git_hash

LARGE = ".safetensors"
MINE, OTHERS = "hf_mine", "hf_others"
"""Tokens of `user` and `other`."""


class HubServer:
    """Speaks to the real client under `HF_ENDPOINT`.

    `user` and `other` have accounts.
    """

    def __init__(self) -> None:
        self.users = {MINE: "user", OTHERS: "other"}
        self.repos: dict[str, Repo] = {}
        self.store: dict[str, bytes] = {}  # large files by SHA-256
        self.asked: list[tuple[str, str, str | None]] = []  # method, path, token
        self.cuts = 0  # so many transfers of large files break in the middle
        self.sizes: dict[str, int] = {}  # what is claimed of files, where it is not true
        self.stalls = threading.Event()  # nothing is answered any more
        self.closed = threading.Event()
        handler = type("Handler", (_Handler,), {"hub": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self.store_url = (
            f"http://localhost:{self._http.server_port}/store"  # another host, as a CDN
        )
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.closed.set()
        self._http.shutdown()
        self._http.server_close()

    def add(self, name: str, folder: Path, *, private: bool = False) -> str:
        """A repo with what is in a folder; gives the commit."""
        repo = self.repos.setdefault(name, Repo(private))
        return repo.commit({path.name: path.read_bytes() for path in folder.iterdir()})

    def transfers(self) -> list[str]:
        return [path for method, path, _ in self.asked if method == "GET" and "/resolve/" in path]


class _Handler(Answering):
    hub: HubServer

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if not self._begin():
            return
        parts = [unquote(part) for part in self.path.split("?")[0].strip("/").split("/")]
        match parts:
            case ["api", "whoami-v2"]:
                user = self._user()
                return self._json({"name": user, "type": "user", "orgs": []} if user else {}, 200)
            case ["api", "models"]:
                return self._list()
            case ["api", "models", user, name, *rest]:
                return self._describe(f"{user}/{name}", rest)
            case [user, name, "resolve", revision, file]:
                return self._file(f"{user}/{name}", revision, file)
            case ["store", digest]:
                return self._send_file(self.hub.store[digest], {})
        self._refuse(404, "EntryNotFound")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self._begin():
            return
        parts = self.path.split("?")[0].strip("/").split("/")
        match parts:
            case ["api", "validate-yaml"]:
                return self._check_card(json.loads(body)["content"])
            case ["api", "repos", "create"]:
                return self._create(json.loads(body))
            case ["store", digest, "verify"]:
                known = len(self.hub.store.get(digest, b"")) == json.loads(body)["size"]
                return self._json({}, 200) if known else self._refuse(422)
            case ["api", "models", user, name, "preupload", "main"]:
                if self._may_write(f"{user}/{name}"):
                    return self._preupload(json.loads(body))
            case ["api", "models", user, name, "commit", "main"]:
                if self._may_write(f"{user}/{name}"):
                    return self._commit(f"{user}/{name}", body)
            case [user, git, "info", "lfs", "objects", "batch"]:
                if self._may_write(f"{user}/{git.removesuffix('.git')}"):
                    return self._batch(json.loads(body))
            case _:
                self._refuse(404)

    def do_PUT(self) -> None:
        length = int(self.headers["Content-Length"])
        if self.hub.cuts:
            self.hub.cuts -= 1
            self.rfile.read(length // 2)
            return self._break()
        body = self.rfile.read(length)
        if not self._begin():
            return
        digest = self.path.rsplit("/", 1)[1]
        right = hashlib.sha256(body).hexdigest() == digest
        if right:
            self.hub.store[digest] = body
        self._json({}, 200 if right else 400)

    # --- who asks

    def _begin(self) -> bool:
        self.hub.asked.append((self.command, self.path, self._token()))
        if self.hub.stalls.is_set():
            self.hub.closed.wait(600)
        if self.hub.closed.is_set():
            self.close_connection = True
            return False
        if self._token() and not self._user():
            self._refuse(401, message="Invalid credentials in Authorization header")
            return False
        return True

    def _token(self) -> str | None:
        return self.headers.get("Authorization", "").removeprefix("Bearer ") or None

    def _user(self) -> str | None:
        return self.hub.users.get(self._token() or "")

    def _may_read(self, name: str) -> Repo | None:
        repo = self.hub.repos.get(name)
        if repo and (not repo.private or self._user() == name.split("/")[0]):
            return repo
        self._refuse(404 if self._user() else 401, "RepoNotFound")
        return None

    def _may_write(self, name: str) -> bool:
        if self._user() != name.split("/")[0]:
            self._refuse(403, message="You don't have the rights")
        elif name not in self.hub.repos:
            self._refuse(404, "RepoNotFound")
        else:
            return True
        return False

    # --- reading

    def _list(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        found = [
            self._about(name, repo)
            for name, repo in self.hub.repos.items()
            if (not repo.private or self._user() == name.split("/")[0])
            and set(asked.get("filter", [])) <= set(repo.labels)
            and all(text in name.lower() for text in asked.get("search", []))
        ]
        self._json(found[: int(asked.get("limit", ["1000"])[0])], 200)

    def _about(self, name: str, repo: Repo, commit: str | None = None) -> dict:
        commit = commit or repo.at("main")
        return {
            "id": name,
            "sha": commit,
            "private": repo.private,
            "tags": repo.labels,
            "downloads": 3,
            "lastModified": "2026-01-02T03:04:05.000Z",
            "siblings": [
                {"rfilename": file, "size": self.hub.sizes.get(file, len(content))}
                for file, content in repo.commits.get(commit or "", {}).items()
            ],
        }

    def _describe(self, name: str, rest: list[str]) -> None:
        if not (repo := self._may_read(name)):
            return
        revision = rest[1] if len(rest) > 1 else "main"
        commit = repo.at(revision)
        if revision != "main" and not commit:
            return self._refuse(404, "RevisionNotFound")
        if rest[:1] != ["tree"]:
            return self._json(self._about(name, repo, commit), 200)
        tree = []
        for file, content in repo.commits.get(commit or "", {}).items():
            entry = {"type": "file", "path": file, "size": len(content), "oid": git_hash(content)}
            if file.endswith(LARGE):
                oid = hashlib.sha256(content).hexdigest()
                entry["lfs"] = {"oid": oid, "size": len(content), "pointerSize": 130}
            tree.append(entry)
        self._json(tree, 200)

    def _file(self, name: str, revision: str, file: str) -> None:
        if not (repo := self._may_read(name)):
            return
        commit = repo.at(revision)
        content = repo.commits.get(commit or "", {}).get(file)
        if content is None:
            return self._refuse(404, "EntryNotFound" if commit else "RevisionNotFound")
        headers = {"X-Repo-Commit": commit}
        if not file.endswith(LARGE):
            return self._send_file(content, headers | {"ETag": f'"{git_hash(content)}"'})
        digest = hashlib.sha256(content).hexdigest()
        self.hub.store[digest] = content
        self._answer(
            302,
            b"",
            headers
            | {
                "Location": f"{self.hub.store_url}/{digest}",
                "X-Linked-ETag": f'"{digest}"',
                "X-Linked-Size": str(len(content)),
            },
        )

    def _send_file(self, content: bytes, headers: dict) -> None:
        cut = self.hub.cuts > 0 and self.command == "GET" and "/store/" in self.path
        self.hub.cuts -= cut
        self._answer(200, content, headers, cut)

    # --- writing

    def _check_card(self, text: str) -> None:
        found = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
        try:
            card = yaml.safe_load(found[1]) if found else {}
            for entry in card.get("model-index", []):
                for result in entry["results"]:
                    assert result["task"]["type"]
                    assert result["dataset"]["type"]
                    assert all({"type", "value"} <= metric.keys() for metric in result["metrics"])
        except (yaml.YAMLError, LookupError, AssertionError) as error:
            return self._json({"errors": [{"message": str(error)}], "warnings": []}, 400)
        self._json({"errors": [], "warnings": []}, 200)

    def _create(self, asked: dict) -> None:
        name = f"{asked['organization']}/{asked['name']}"
        if self._user() is None:
            return self._refuse(401, message="Invalid username or password.")
        if self._user() != asked["organization"]:
            return self._refuse(403, message="You don't have the rights to create a model")
        status = 409 if name in self.hub.repos else 200
        self.hub.repos.setdefault(name, Repo(asked.get("visibility") == "private"))
        self._json({"url": f"{self.hub.url}/{name}"}, status)

    def _preupload(self, asked: dict) -> None:
        files = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if file["path"].endswith(LARGE) else "regular",
                "shouldIgnore": False,
            }
            for file in asked["files"]
        ]
        self._json({"files": files}, 200)

    def _batch(self, asked: dict) -> None:
        objects = []
        for wanted in asked["objects"]:
            entry = dict(wanted)
            if wanted["oid"] not in self.hub.store:
                href = f"{self.hub.store_url}/{wanted['oid']}"
                entry["actions"] = {"upload": {"href": href}, "verify": {"href": f"{href}/verify"}}
            objects.append(entry)
        self._json({"transfer": "basic", "objects": objects}, 200)

    def _commit(self, name: str, body: bytes) -> None:
        repo = self.hub.repos[name]
        files = dict(repo.commits.get(repo.at("main") or "", {}))
        for line in body.splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif entry["key"] == "lfsFile":
                files[value["path"]] = self.hub.store[value["oid"]]
        commit = repo.commit(files)
        url = f"{self.hub.url}/{name}/commit/{commit}"
        self._json({"success": True, "commitOid": commit, "commitUrl": url}, 200)
