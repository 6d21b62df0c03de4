"""Draw the rooms and what they import: `python docs/architecture.py`; `--check` only compares.

Writes the part of `docs/architecture.md` below its mark, and prints how large the code is.
"""

from __future__ import annotations

import ast
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"
MARK = "<!-- Everything below is written by `python docs/architecture.py`. -->\n"
SOURCES = {"mimimi": ROOT, "app": ROOT / "app"}  # folders of code, and where imports look for them

Files = Mapping[str, Path]
Arrows = Mapping[str, set[str]]


def modules(folder: Path, base: Path) -> Iterator[tuple[str, Path]]:
    """The modules in a folder, by the names they are imported by from a folder above."""
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(base).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imported(path: Path) -> Iterator[str]:
    """Every name that a file imports, also in functions and for types only."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def arrows(files: Files) -> dict[str, set[str]]:
    """Which modules each module imports; the package's front door lends names, and has none."""

    def home(name: str) -> str:
        return name if name in files or "." not in name else home(name.rpartition(".")[0])

    found = {name: {home(n) for n in imported(path)} for name, path in files.items()}
    return {
        name: set() if name == "mimimi" else targets & set(files) - {name, "mimimi"}
        for name, targets in found.items()
    }


def reachable(graph: Arrows, start: str) -> set[str]:
    """All that a node leads to, itself only where a circle leads back.

    Example:
        >>> sorted(reachable({"a": {"b"}, "b": {"c"}, "c": set()}, "a"))
        ['b', 'c']
    """
    seen: set[str] = set()
    ahead = list(graph.get(start, ()))
    while ahead:
        node = ahead.pop()
        if node not in seen:
            seen.add(node)
            ahead += graph.get(node, ())
    return seen


def circles(graph: Arrows) -> set[frozenset[str]]:
    """Groups of modules that import each other in the end.

    Example:
        >>> circles({"a": {"b"}, "b": {"a"}, "c": {"a"}}) == {frozenset("ab")}
        True
    """
    ahead = {node: reachable(graph, node) for node in graph}
    return {
        frozenset(other for other in ahead[node] if node in ahead[other])
        for node in graph
        if node in ahead[node]
    }


def reduced(graph: Arrows) -> dict[str, set[str]]:
    """The fewest of its arrows that lead to as much as all of them do.

    Example:
        >>> reduced({"a": {"b", "c"}, "b": {"c"}, "c": set()})["a"]
        {'b'}
    """
    left = {node: set(targets) for node, targets in graph.items()}
    for node, targets in graph.items():
        for target in sorted(targets):
            left[node].discard(target)
            if target not in reachable(left, node):
                left[node].add(target)
    return left


def room(name: str, path: Path) -> str:
    """The room that a module lies in; the plain modules that all rooms share lie in none."""
    if path.is_relative_to(ROOT / "app"):
        return "app"
    parts = path.relative_to(ROOT / "mimimi").parts
    return parts[0] if len(parts) > 1 else ""


def rooms(files: Files, graph: Arrows) -> dict[str, set[str]]:
    """Which rooms each room imports."""
    of = {name: room(name, path) for name, path in files.items()}
    found: dict[str, set[str]] = {name: set() for name in of.values() if name}
    for name, targets in graph.items():
        if of[name]:
            found[of[name]] |= {of[target] for target in targets} - {"", of[name]}
    return found


def length(path: Path) -> int:
    """Lines of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def diagram(graph: Arrows) -> str:
    """Rooms and arrows, in the language of Mermaid."""
    lines = [f"    {node} --> {target}" for node in graph for target in sorted(graph[node])]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```"])


def counts(files: Files, graph: Arrows) -> str:
    """How large the code is and how tangled, for the terminal."""
    lines = {name: length(path) for name, path in files.items()}
    inside = sum(len(graph[name] & set(files)) for name in files)
    tangles = [" ".join(sorted(circle)) for circle in circles(graph) if circle <= set(files)]
    longest = max(lines, key=lines.__getitem__)
    return (
        f"{len(files)} modules, {inside} arrows between them, {len(tangles)} circles, "
        f"{sum(lines.values())} lines, median {median(lines.values()):.0f}, "
        f"longest {lines[longest]} ({longest})"
    ) + "".join(f"\n  circle: {tangle}" for tangle in tangles)


def purpose(*paths: Path) -> str:
    """The first paragraph of what the first of some files says of itself, in one line."""
    for path in paths:
        if path.exists() and (said := ast.get_docstring(ast.parse(path.read_text("utf-8")))):
            return " ".join(said.partition("\n\n")[0].split()).replace("|", "\\|")
    return ""


def table(folder: Path, names: Iterable[str]) -> str:
    """The rooms of a folder: what happens in each, what is in it, its lines to the next hundred."""
    rows = ["| room | what happens in it | modules | lines |", "|---|---|---|---|"]
    for name in names:
        inside = sorted((folder / name).glob("*"))
        stems = [path.stem for path in inside if path.suffix == ".py" and path.stem != "__init__"]
        stems += [f"{path.name}/" for path in inside if any(path.glob("*.py"))]
        hundreds = math.ceil(sum(map(length, (folder / name).rglob("*.py"))) / 100) * 100
        said = purpose(folder / name / "__init__.py", folder / name / "page.py")
        rows.append(f"| `{name}/` | {said} | {', '.join(stems)} | {hundreds} |")
    return "\n".join(rows)


def beside(folder: Path) -> str:
    """What the modules beside the rooms are for."""
    paths = [path for path in sorted(folder.glob("*.py")) if not path.stem.startswith("__")]
    rows = [f"| `{path.stem}` | {purpose(path)} |" for path in paths]
    return "\n".join(["| module | what it holds |", "|---|---|", *rows])


def drawn(of_rooms: Arrows) -> str:
    """All that is written below the mark, from which rooms each room imports."""
    downwards = sorted(of_rooms, key=lambda name: (-len(reachable(of_rooms, name)), name))
    folders = sorted({path.parent.name for path in (ROOT / "app").glob("*/*.py")})
    return "\n\n".join(
        [
            diagram(reduced({name: of_rooms[name] for name in downwards})),
            "### `mimimi/`",
            table(ROOT / "mimimi", [name for name in downwards if name != "app"]),
            "Beside the rooms, for all of them:",
            beside(ROOT / "mimimi"),
            "### `app/`",
            table(ROOT / "app", folders),
        ]
    )


def main() -> int:
    """Write the page, or say whether it is stale."""
    files = {
        n: path for folder, base in SOURCES.items() for n, path in modules(ROOT / folder, base)
    }
    graph = arrows(files)
    for folder in SOURCES:
        own = {n: path for n, path in files.items() if path.is_relative_to(ROOT / folder)}
        print(f"{folder}: {counts(own, graph)}")
    of_rooms = rooms(files, graph)
    print(f"{len(of_rooms)} rooms, {sum(map(len, of_rooms.values()))} arrows between them")
    before = PAGE.read_text(encoding="utf-8")
    after = f"{before.partition(MARK)[0]}{MARK}\n{drawn(of_rooms)}\n"
    if sys.argv[1:] == ["--check"]:
        if before != after:
            print(f"{PAGE.name} is stale: run `python docs/architecture.py`", file=sys.stderr)
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
