"""What the images are made of: all by version and hash, in step with what MIMIMI asks for."""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PAGE, LISTENER = "requirements.lock", "requirements-listener.lock"
BY_UV = {"torch", "torchaudio"}  # whose build for CPUs has hashes that no other index knows
GPUS = re.compile(r"cuda-|nvidia-|triton$")
LINUX = [{"sys_platform": "linux", "platform_machine": one} for one in ("x86_64", "aarch64")]
on_each_processor = pytest.mark.parametrize(
    "where", LINUX, ids=lambda where: where["platform_machine"]
)
of_each_image = pytest.mark.parametrize("lock", [PAGE, LISTENER])


def blocks(lock: str) -> list[str]:
    """Of each package its version and its hashes."""
    return re.split(r"\n(?=[a-z])", (ROOT / lock).read_text().rstrip("\n"))[1:]


def pinned(lock: str) -> dict[str, Version]:
    found = [block.split()[0].split("==") for block in blocks(lock)]
    assert len(found) == len(dict(found))
    return {name: Version(version) for name, version in found}


def stages() -> dict[str, list[str]]:
    """Of each stage of the Dockerfile its instructions, those of the one it is built on first."""
    found: dict[str, list[str]] = {}
    for instruction in DOCKERFILE.replace("\\\n", "").split("\n"):
        if instruction.startswith("FROM "):
            _, base, _, name = instruction.split()
            found[name] = list(found.get(base, []))
        elif found:
            found[name].append(instruction)
    return found


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


def asked_of(lock: str) -> list[str]:
    """What MIMIMI asks for in this image."""
    if lock == PAGE:
        return lines("requirements-service.txt")
    return [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["service"]]


@of_each_image
def test_every_package_has_a_version_and_hashes(lock: str) -> None:
    for block in blocks(lock):
        head, *hashes = block.split("\n")
        assert re.match(r"[a-z0-9._-]+==\d\S* \\$", head), head
        assert hashes, head
        assert all(re.match(r"    --hash=sha256:[0-9a-f]{64}( \\)?$", line) for line in hashes)


@of_each_image
def test_it_says_not_where_it_was_fetched_from(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.search(r"://|--(extra-)?index|--find-links|\.org|\.com", text)


@on_each_processor
@of_each_image
def test_it_is_in_step_with_what_is_asked_for(lock: str, where: dict[str, str]) -> None:
    versions = pinned(lock)
    for one in asked_for(asked_of(lock), **where):
        if one.name not in BY_UV:
            version = versions[canonicalize_name(one.name)]
            assert one.specifier.contains(version), f"{one}: {version}; run `make lock`"


@on_each_processor
@of_each_image
def test_nothing_is_missing_that_these_ask_for_in_turn(lock: str, where: dict[str, str]) -> None:
    known = {*pinned(lock), *(BY_UV if lock == PAGE else ())}
    for name in known:
        try:
            needed = asked_for(requires(name) or [], **where)
        except PackageNotFoundError:  # of another system
            continue
        for one in needed:
            called = canonicalize_name(one.name)
            assert called in known or GPUS.match(called), f"{name}: {one}"


def test_a_listener_brings_nothing_that_only_the_page_needs() -> None:
    known = set(pinned(LISTENER))
    own = {Requirement(line).name for line in asked_of(LISTENER)}
    extras = PROJECT["optional-dependencies"]
    assert not known & {Requirement(one).name for one in extras["app"] + extras["train"]} - own


def test_the_page_is_a_listener_and_more() -> None:
    assert set(blocks(LISTENER)) < set(blocks(PAGE))


def test_each_image_installs_its_lock_by_hash() -> None:
    for stage, locks in {"listener": [LISTENER], "page": [LISTENER, PAGE]}.items():
        installed = [one for one in stages()[stage] if one.startswith("RUN pip install")]
        assert len(installed) == len(locks)
        for instruction, lock in zip(installed, locks, strict=True):
            assert f" --no-deps --require-hashes -r {lock} " in f"{instruction} "


def test_a_space_is_given_the_page() -> None:
    assert [*stages()][-1] == "page"
    assert not any("torch" in one or "streamlit" in one for one in stages()["listener"])


def test_torch_is_the_one_that_is_asked_for() -> None:
    installed = re.search(r"--torch-backend=cpu (.*?) *&&", "\n".join(stages()["page"]))
    assert installed
    assert set(installed[1].split()) <= set(lines("requirements.txt"))


def test_what_is_copied_is_not_left_out() -> None:
    let_through = (ROOT / ".dockerignore").read_text().split()
    for line in re.findall(r"^COPY (?:--\S+ )*(.+)$", DOCKERFILE, re.MULTILINE):
        for source in line.split()[:-1]:
            assert source == "." or f"!{source}" in let_through
    needed = ("app", "mimimi", "checkpoints", ".streamlit", "LICENSE")
    assert all(f"!{name}" in let_through for name in needed)


def test_the_image_it_is_made_from_has_a_full_version() -> None:
    base = re.search(r"^ARG BASE=python:(\S+)$", DOCKERFILE, re.MULTILINE)
    assert base
    assert re.fullmatch(r"3\.\d+\.\d+-slim-[a-z]+(@sha256:[0-9a-f]{64})?", base[1])


@pytest.mark.parametrize("name", ["listener", "page"])
def test_where_several_run_together_each_is_read_only_and_has_limits(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["tmpfs"] == "/tmp"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges"]
    assert service["mem_limit"]
    assert service["pids_limit"]


def test_what_runs_together_is_built_of_stages_that_there_are() -> None:
    listener, page = (COMPOSE["services"][name] for name in ("listener", "page"))
    assert listener["build"]["target"] in stages()
    assert page["build"] == "."
    assert listener["image"] != page["image"]
