"""What README and docs say exists: settings, files, benchmarks."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "benchmarks").rglob("README.md")),
]
SOURCES = [path for room in ("app", "mimimi", "benchmarks") for path in (ROOT / room).rglob("*.py")]


def settings(*paths: Path) -> set[str]:
    return {name for path in paths for name in re.findall(r"MIMIMI_[A-Z_]*[A-Z]", path.read_text())}


def test_every_setting_that_is_read_is_in_the_table_and_no_other():
    told = (ROOT / "docs" / "deployment.md").read_text()
    table = set(re.findall(r"^\| `(MIMIMI_\w+)` \|", told, re.MULTILINE))
    assert table == settings(*(ROOT / "mimimi").rglob("*.py"), *(ROOT / "app").rglob("*.py"))


def anchors(page: Path) -> set[str]:
    """The names of a page's sections, as GitHub makes them of its headings."""
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    names: list[str] = []
    found = set()
    for heading in re.findall(r"^#+ +(.+?) *$", prose, re.MULTILINE):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        found.add(f"{name}-{names.count(name)}" if name in names else name)
        names.append(name)
    return found


def leads_somewhere(link: str, page: Path) -> bool:
    """Whether file and section of a link are there, as seen from a page."""
    path, _, section = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not section or section in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_files_lead_somewhere(page: Path):
    links = re.findall(r"\]\(([^)\s]+)[^)]*\)", page.read_text())
    within = [link for link in links if not link.startswith(("https://", "mailto:"))]
    assert [link for link in within if not leads_somewhere(link, page)] == []


def test_pages_that_the_program_speaks_of_are_there():
    said = {
        link
        for path in SOURCES
        for link in re.findall(r"\b(?:docs|benchmarks)/[\w/-]+\.md(?:#[\w-]+)?", path.read_text())
    }
    assert len(said) > 1
    assert [link for link in said if not leads_somewhere(link, ROOT / "README.md")] == []


def test_a_link_to_a_section_that_was_lost_leads_nowhere(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("# One `two`, three\n\n## Again\n\n```\n# no heading\n```\n\n## Again\n")
    assert anchors(page) == {"one-two-three", "again", "again-1"}
    assert leads_somewhere("#one-two-three", page)
    assert not leads_somewhere("page.md#no-heading", page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_modules_that_are_to_be_run_are_there(page: Path):
    # A command may be broken over two lines.
    for module in re.findall(r"python -m\s+((?:mimimi|benchmarks)[\w.]*\w)", page.read_text()):
        assert find_spec(module), module


def test_the_readme_is_read_in_a_few_minutes():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 130
