"""Detectors from the Hub, by the real client over HTTP; the Hub is `hub_server`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from detector_files import contents, note
from hub_server import MINE, OTHERS, Repo

import mimimi
from mimimi.detector.detector import Detector
from mimimi.detector.locate import locate
from mimimi.detector.publishing import hub
from mimimi.detector.publishing.publish import publish
from mimimi.errors import DetectorError, UserError

# --- from the Hub


def test_a_detector_is_fetched_with_progress_and_nothing_else_with_it(server, saved):
    (saved / "secret.bin").write_bytes(b"not asked for")
    (saved / "model.pkl").write_bytes(b"\x80\x04.")
    server.add("user/fan", saved)
    shares: list[float] = []
    folder = hub.download("user/fan", on_progress=shares.append)
    assert contents(folder) == contents(saved)
    assert {path.name for path in folder.iterdir()} == set(hub.FILES)
    assert shares[-1] == 1
    assert shares == sorted(shares)


def test_it_is_fetched_once(server, saved):
    server.add("user/fan", saved)
    first = hub.download("user/fan")
    server.asked.clear()
    assert hub.download("user/fan") == first
    assert not server.transfers()


def test_a_revision_stays_what_it_was(server, saved):
    first = server.add("user/fan", saved)
    server.repos["user/fan"].tags["v1"] = first
    note(saved, "another")
    second = server.add("user/fan", saved)
    assert hub.download("user/fan").name == second
    assert hub.download("user/fan", "v1").name == first
    assert locate("user/fan@v1") == (
        hub.download("user/fan", first),
        f"Hub user/fan at {first[:7]}",
    )
    assert locate("user/fan", first)[0].name == first
    with pytest.raises(DetectorError, match="no such revision"):
        hub.download("user/fan", "v2")


def test_a_commit_in_the_cache_asks_nobody(server, saved):
    commit = server.add("user/fan", saved)
    hub.download("user/fan", commit)
    server.asked.clear()
    assert hub.download("user/fan", commit).name == commit
    assert not server.asked


def test_offline_the_cache_serves(server, saved, monkeypatch):
    import huggingface_hub.constants as constants

    server.add("user/fan", saved)
    folder = hub.download("user/fan")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    server.asked.clear()
    assert hub.download("user/fan") == folder
    with pytest.raises(DetectorError, match="HF_HUB_OFFLINE is set"):
        hub.download("user/other")
    assert not server.asked


def test_without_a_network_the_cache_serves(server, saved):
    server.add("user/fan", saved)
    folder = hub.download("user/fan")
    server.close()
    assert hub.download("user/fan") == folder
    with pytest.raises(DetectorError, match="cannot be reached"):
        hub.download("user/other")


def test_a_hub_that_does_not_answer_is_given_up_soon(server, saved, monkeypatch):
    monkeypatch.setattr(hub, "_PATIENCE", 0.3)
    server.add("user/fan", saved)
    server.stalls.set()  # for longer than a test may take
    with pytest.raises(DetectorError, match="cannot be reached"):
        hub.download("user/fan")


def test_a_broken_transfer_is_repeated(server, saved):
    server.add("user/fan", saved)
    server.cuts = 1
    assert contents(hub.download("user/fan")) == contents(saved)


def test_a_transfer_that_breaks_for_good_leaves_nothing_for_whole(server, saved):
    server.add("user/fan", saved)
    server.cuts = 1000
    with pytest.raises(DetectorError, match="user/fan could not be fetched"):
        hub.download("user/fan")
    server.cuts = 0
    assert contents(hub.download("user/fan")) == contents(saved)


def test_what_was_checked_is_fetched_though_it_changes_meanwhile(server, saved, monkeypatch):
    checked = server.add("user/fan", saved)
    check = hub._checked_size

    def and_changes(repo: str, info) -> int:
        server.repos[repo].commit({"config.json": b"{}", "model.safetensors": b"0" * 1000})
        return check(repo, info)

    monkeypatch.setattr(hub, "_checked_size", and_changes)
    folder = hub.download("user/fan")
    assert folder.name == checked
    assert contents(folder) == contents(saved)


@pytest.mark.parametrize("file", ["config.json", "model.safetensors"])
def test_what_is_damaged_in_the_cache_is_fetched_anew(server, saved, file):
    commit = server.add("user/fan", saved)
    for revision in (commit, None):
        blob = (hub.download("user/fan", revision) / file).resolve()
        content = bytearray(blob.read_bytes())
        content[len(content) // 2] ^= 1
        blob.write_bytes(content)
        assert contents(hub.download("user/fan", revision)) == contents(saved)


@pytest.mark.parametrize("revision", ["../../models--user--other/refs/main", "a b", "@"])
def test_a_revision_leads_nowhere_else(server, saved, revision):
    server.add("user/fan", saved)
    with pytest.raises(DetectorError, match="is no revision"):
        locate("user/fan", revision)
    with pytest.raises(DetectorError, match="no detector"):
        locate(f"user/fan@{revision}")


def test_a_private_repo_needs_its_owners_token(server, saved, monkeypatch):
    server.add("user/fan", saved, private=True)
    for token in (None, OTHERS):
        with pytest.raises(DetectorError, match="no such repo, or it is private"):
            hub.download("user/fan", token=token)
    with pytest.raises(DetectorError, match="token is not accepted"):
        hub.download("user/fan", token="hf_wrong")
    assert contents(hub.download("user/fan", token=MINE)) == contents(saved)


def test_the_users_own_token_is_taken_unless_it_is_refused(server, saved, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", MINE)
    server.add("user/fan", saved, private=True)
    with pytest.raises(DetectorError, match="private"):
        hub.download("user/fan", token=False)
    assert {token for _, _, token in server.asked} == {None}
    assert Detector.from_pretrained("user/fan").origin.startswith("Hub user/fan at ")


def test_the_environment_is_obeyed(server, saved, tmp_path):
    """In processes of their own: the client reads its variables when it is imported."""
    server.add("user/fan", saved, private=True)
    script = (
        "from mimimi.detector.locate import locate\nfrom mimimi.errors import DetectorError\n"
        "for name in 'user/fan', 'user/other':\n"
        "    try:\n        print(locate(name)[1])\n"
        "    except DetectorError as error:\n        print(error)"
    )
    plain = {k: v for k, v in os.environ.items() if not k.upper().startswith(("HF_", "HUGGING"))}
    environment = {
        **{k: v for k, v in plain.items() if not k.lower().endswith("_proxy")},
        "HF_HOME": str(tmp_path / "hf"),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "PYTHONPATH": str(Path(mimimi.__file__).parents[1]),
    }

    def said(**variables: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=environment | variables,
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    first, missing = said(HF_ENDPOINT=server.url, HF_TOKEN=MINE)
    assert first.startswith("Hub user/fan at ")
    assert "no such repo" in missing
    cached, missing = said(HF_ENDPOINT=server.url, HF_HUB_OFFLINE="1")
    assert cached == first
    assert "HF_HUB_OFFLINE is set" in missing
    cached, missing = said(HF_ENDPOINT="http://127.0.0.1:9")
    assert cached == first
    assert "cannot be reached" in missing


@pytest.mark.parametrize("name", ["user/nothing", "nobody/fan"])
def test_a_missing_repo_is_one_sentence(server, name):
    with pytest.raises(DetectorError, match=rf"^{name} could not .* no such repo.*\.$"):
        hub.download(name)


def test_what_is_no_detector_or_too_large_is_not_fetched(server, saved):
    server.repos["user/bert"] = Repo()
    server.repos["user/bert"].commit({"config.json": b"{}", "pytorch_model.bin": b"\x80"})
    with pytest.raises(DetectorError, match="no MIMIMI detector"):
        hub.download("user/bert")
    server.add("user/fan", saved)
    server.sizes["model.safetensors"] = 1 << 40
    with pytest.raises(DetectorError, match="too large"):
        hub.download("user/fan")
    assert not server.transfers()


def test_a_login_page_in_between_is_one_sentence(server, monkeypatch):
    monkeypatch.setattr("hub_server._Handler._json", lambda self, *_: self._answer(200, b"<p>", {}))
    server.repos["user/fan"] = Repo()
    with pytest.raises(DetectorError, match="login page"):
        hub.download("user/fan")
    with pytest.raises(DetectorError, match="could not be searched"):
        hub.search()


# --- searching


def test_detectors_are_found_by_tag_type_and_name(server, saved):
    publish(saved, "user/fan", token=MINE)
    publish(locate("pump")[0], "other/north", token=OTHERS)
    publish(saved, "other/secret", private=True, token=OTHERS)
    server.repos["user/bert"] = Repo()
    server.repos["user/bert"].commit({"config.json": b"{}"})
    assert {listed.repo for listed in hub.search()} == {"user/fan", "other/north"}
    assert {listed.repo for listed in hub.search(token=OTHERS)} >= {"other/secret"}
    (pump,) = hub.search("pump")
    assert (pump.repo, pump.machine_type, pump.licence) == ("other/north", "pump", "cc-by-sa-4.0")
    assert [listed.repo for listed in hub.search("nor")] == ["other/north"]
    assert hub.search("nothing of the kind") == []


def test_a_namespace_is_a_name(monkeypatch):
    monkeypatch.setenv("MIMIMI_HUB_NAMESPACE", " user ")
    assert hub.namespace() == "user"
    monkeypatch.setenv("MIMIMI_HUB_NAMESPACE", "../user")
    with pytest.raises(UserError, match="MIMIMI_HUB_NAMESPACE"):
        hub.namespace()
    monkeypatch.delenv("MIMIMI_HUB_NAMESPACE")
    assert hub.namespace() is None


def test_asking_for_help_brings_neither_torch_nor_the_client():
    script = (
        "import sys, contextlib\nimport mimimi.detector.locate\nfrom mimimi.cli import main\n"
        "with contextlib.suppress(SystemExit):\n    main(['publish', '--help'])\n"
        "print(sorted({'torch', 'huggingface_hub', 'yaml'} & sys.modules.keys()))"
    )
    root = Path(mimimi.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=root)
    assert done.stdout.endswith("[]\n"), done.stdout
