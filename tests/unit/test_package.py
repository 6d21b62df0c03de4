"""What an installed copy has: every room, and beside its modules all that they read."""

from __future__ import annotations

import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
FOLDERS = {
    package: ROOT / SETUPTOOLS["package-dir"].get(package, package.replace(".", "/"))
    for package in SETUPTOOLS["packages"]
}


def test_every_folder_of_modules_is_a_package_that_is_installed() -> None:
    there = {path.parent for path in (ROOT / "mimimi").rglob("*.py")}
    assert there == set(FOLDERS.values()) - {ROOT / "checkpoints"}


def test_everything_that_is_no_module_goes_along() -> None:
    taken = {
        path
        for package, patterns in SETUPTOOLS["package-data"].items()
        for pattern in patterns
        for path in FOLDERS[package].glob(pattern)
    }
    there = {
        path
        for folder in ("mimimi", "checkpoints")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    }
    assert ROOT / "mimimi/data/mimii_spectra.safetensors" in taken
    assert taken == there
