"""What stands in `pyproject.toml` and what the requirements files install is one and the same."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def lines(name: str) -> list[str]:
    """Of a requirements file, those of the files that it includes too."""
    found = []
    for line in (ROOT / name).read_text().split("\n"):
        if line.startswith("-r "):
            found += lines(line.removeprefix("-r "))
        elif line:
            found.append(line.replace('"', "'"))
    return found


@pytest.mark.parametrize(
    ("file", "extras"),
    [
        ("requirements.txt", ["app", "train"]),
        ("requirements-cluster.txt", ["app", "train", "cluster"]),
        ("requirements-service.txt", ["app", "train", "service"]),
    ],
)
def test_a_file_of_requirements_holds_what_extras_bring(file: str, extras: list[str]) -> None:
    expected = {*PROJECT["dependencies"], *(line for extra in extras for line in EXTRAS[extra])}
    found = lines(file)
    assert set(found) == {line.replace('"', "'") for line in expected}
    assert len(found) == len(set(found))
