"""What README and docs say exists: settings, files, benchmarks."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def settings(*paths: Path) -> set[str]:
    return {name for path in paths for name in re.findall(r"MIMIMI_[A-Z_]*[A-Z]", path.read_text())}


def test_every_setting_that_is_read_is_in_the_table_and_no_other():
    told = (ROOT / "docs" / "deployment.md").read_text()
    table = set(re.findall(r"^\| `(MIMIMI_\w+)` \|", told, re.MULTILINE))
    assert table == settings(*(ROOT / "mimimi").rglob("*.py"), *(ROOT / "app").rglob("*.py"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_files_lead_somewhere(page: Path):
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        assert link.startswith("https://") or (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_modules_that_are_to_be_run_are_there(page: Path):
    # A command may be broken over two lines.
    for module in re.findall(r"python -m\s+((?:mimimi|benchmarks)[\w.]*\w)", page.read_text()):
        assert find_spec(module), module


def test_the_readme_is_read_in_a_few_minutes():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 130
