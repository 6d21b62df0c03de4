"""What may be a name may be written, read, shown and be a folder; slugs keep names apart."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

import pytest

from mimimi.errors import UserError
from mimimi.names import LONGEST, checked, cleaned, is_machine, is_name, slug

GOOD = [
    "fan",
    "id_00",
    "Pumpe 3, Halle Süd",
    "Pump A+",
    "Pump #3 (neu) 50%",
    "पंप 3",
    "泵-1",
    "насос",
    "مضخة",
    "x" * LONGEST,
    "電" * LONGEST,
]
BAD = [
    *("", " ", ".", "..", "../fan", "M/2", "a\\b", "a:b", "a|b", "a\nb", "a\x1b[2J", "a`b", "*a*"),
    *("<b>", "a[1](x)", "$x$", "=1+1", "-a", "+1", "a\udcff", "a\u202eb", "a\u200bb", "x" * 81),
    "\U00020000" * LONGEST,  # more bytes than a file's name may have
]


@pytest.mark.parametrize("name", GOOD)
def test_any_script_can_name_a_machine_and_its_folder(name: str, tmp_path: Path) -> None:
    assert is_name(name)
    assert checked(name) == name
    assert is_machine(f"{name} {name}")
    for folder in {name, slug(name)}:
        (tmp_path / folder).mkdir()


@pytest.mark.parametrize("text", BAD)
def test_what_acts_elsewhere_is_no_name_and_the_sentence_proposes_one(text: str) -> None:
    assert not is_name(text)
    if is_name(" ".join(text.split())):  # blanks and line ends are forgiven
        return
    with pytest.raises(UserError) as caught:
        checked(text)
    assert "\n" not in str(caught.value)
    assert str(caught.value).isprintable()
    assert not cleaned(text) or is_name(cleaned(text))


def test_nothing_else_than_text_is_a_name() -> None:
    assert not any(map(is_name, (None, 3, ["fan"], b"fan")))


def test_composed_and_decomposed_letters_are_one_name() -> None:
    name = "Halle Süd"
    assert checked(unicodedata.normalize("NFD", name)) == name
    assert not is_name(unicodedata.normalize("NFD", name))
    assert slug(unicodedata.normalize("NFD", name)) == slug(name)


def test_blanks_around_and_doubled_are_forgiven() -> None:
    assert checked("  Pump \t 3 ") == "Pump 3"


def test_slugs_read_as_one_expects() -> None:
    assert slug("Pump 3, hall B") == slug("pump 3 hall b") == "pump-3-hall-b"
    assert slug("../../b") == "b"
    assert slug("../..") == slug("") == slug("-") == slug("___") == ""


def test_slugs_keep_names_apart() -> None:
    names = ["Pump A", "Pump A+", "Pump A-", "Pump (A)", "Pump 1.5", "Pump 15", "Pump 1-5"]
    names += ["x" * 70, "x" * 71, "泵" * 70, "泵" * 71, "Süd", "Sud", "पंप", "पप", "a--b", "a-b"]
    assert len({slug(name, longest=40) for name in names}) == len(names)


@pytest.mark.parametrize("longest", [20, 40, 64])
def test_a_slug_is_its_own_slug_and_fits(longest: int) -> None:
    rng = random.Random(0)
    signs = "aZ09 ._-+/\\:#üÜ泵पंİß\u0301\U00020000\udcff"
    for _ in range(2_000):
        text = "".join(rng.choices(signs, k=rng.randrange(1, 60)))
        made = slug(text, longest)
        assert slug(made, longest) == made
        assert len(made.encode()) <= longest
        assert not made or is_name(made)
        assert not set(made) & set(" ./\\:+#")


@pytest.mark.parametrize("name", ["con", "AUX", "lpt1"])
def test_names_that_windows_keeps_are_no_folders(name: str) -> None:
    assert slug(name) != name.lower()
