"""What the container is made of: all by version and hash, in step with what MIMIMI asks for."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
LOCK = (ROOT / "requirements.lock").read_text()
BY_UV = {"torch", "torchaudio"}  # whose build for CPUs has hashes that no other index knows
GPUS = re.compile(r"cuda-|nvidia-|triton$")
LINUX = [{"sys_platform": "linux", "platform_machine": one} for one in ("x86_64", "aarch64")]


def pinned() -> dict[str, Version]:
    found = re.findall(r"^([a-z0-9._-]+)==(\S+)", LOCK, re.MULTILINE)
    assert len(found) == len(dict(found))
    return {name: Version(version) for name, version in found}


def asked_for(lines: list[str], **where: str) -> list[Requirement]:
    """Of requirements those that count in the container."""
    environment = {"python_version": "3.11", "python_full_version": "3.11.13", "extra": ""} | where
    found = map(Requirement, lines)
    return [one for one in found if one.marker is None or one.marker.evaluate(environment)]


def lines(name: str) -> list[str]:
    """Of a requirements file, those of the files that it includes too."""
    found = []
    for line in filter(None, (ROOT / name).read_text().split("\n")):
        found += lines(line[3:]) if line.startswith("-r ") else [line]
    return found


def test_every_package_has_a_version_and_hashes() -> None:
    for block in re.split(r"\n(?=[a-z])", LOCK)[1:]:
        head, *hashes = block.strip().split("\n")
        assert re.match(r"[a-z0-9._-]+==\d\S* \\$", head), head
        assert hashes, head
        assert all(re.match(r"    --hash=sha256:[0-9a-f]{64}( \\)?$", line) for line in hashes)


def test_it_says_not_where_it_was_fetched_from() -> None:
    assert not re.search(r"://|--(extra-)?index|--find-links|\.org|\.com", LOCK)


@pytest.mark.parametrize("where", LINUX, ids=lambda where: where["platform_machine"])
def test_it_is_in_step_with_what_is_asked_for(where: dict[str, str]) -> None:
    versions = pinned()
    for one in asked_for(lines("requirements-service.txt"), **where):
        if one.name not in BY_UV:
            version = versions[canonicalize_name(one.name)]
            assert one.specifier.contains(version), f"{one}: {version}; run `make lock`"


@pytest.mark.parametrize("where", LINUX, ids=lambda where: where["platform_machine"])
def test_nothing_is_missing_that_these_ask_for_in_turn(where: dict[str, str]) -> None:
    versions = pinned()
    for name in (*versions, *BY_UV):
        try:
            needed = asked_for(requires(name) or [], **where)
        except PackageNotFoundError:  # of another system
            continue
        for one in needed:
            called = canonicalize_name(one.name)
            assert called in versions or called in BY_UV or GPUS.match(called), f"{name}: {one}"


def test_torch_is_the_one_that_is_asked_for() -> None:
    installed = re.search(r"--torch-backend=cpu (.*?) \\?\n? *&&", DOCKERFILE.replace("\\\n", ""))
    assert installed
    assert set(installed[1].split()) <= set(lines("requirements.txt"))


def test_what_is_copied_is_not_left_out() -> None:
    let_through = (ROOT / ".dockerignore").read_text().split()
    for line in re.findall(r"^COPY (?:--\S+ )*(.+)$", DOCKERFILE, re.MULTILINE):
        for source in line.split()[:-1]:
            assert source == "." or f"!{source}" in let_through
    packaged = ("pyproject.toml", "README.md", "LICENSE", "app", "mimimi", "checkpoints")
    assert all(f"!{name}" in let_through for name in (*packaged, ".streamlit"))


def test_the_image_it_is_made_from_has_a_full_version() -> None:
    base = re.search(r"^ARG BASE=python:(\S+)$", DOCKERFILE, re.MULTILINE)
    assert base
    assert re.fullmatch(r"3\.\d+\.\d+-slim-[a-z]+(@sha256:[0-9a-f]{64})?", base[1])


def test_where_several_run_together_each_is_read_only_and_has_limits() -> None:
    shared = (ROOT / "compose.yaml").read_text().partition("\nservices:")[0]
    for line in ("read_only: true", "tmpfs: /tmp", "cap_drop: [ALL]", "mem_limit:", "pids_limit:"):
        assert f"\n  {line}" in shared
