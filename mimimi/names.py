"""One rule for the names of machines, types and runs, the same for writing and for reading.

A name is a line of letters, marks and digits of any script with some signs between them, none of
which acts in a path, in Markdown, in HTML or in a table. A slug is what a folder or an address is
called after a name.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from mimimi.errors import UserError

LONGEST = 80  # characters of a name; as a file's name they fit into 255 bytes
_SIGNS = "_-.,+()#'&%°"
_SAME = re.compile(r"[.,]? (?:- )?")  # how two who mean one name may write it
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d")  # by Windows
_ADDRESS = re.compile(r"(?<=www)\.", re.IGNORECASE)  # where one begins that becomes a link
_DIGITS = 8  # of a hash, in slugs that stand for more than they show


def is_name(text: object, longest: int = LONGEST) -> bool:
    """Whether a text is a name as it stands.

    Example:
        >>> is_name("Pumpe 3, Halle Süd"), is_name("पंप"), is_name("../fan"), is_name("www.a.b")
        (True, True, False, False)
    """
    return (
        isinstance(text, str)
        and 0 < len(text) <= longest
        and len(text.encode("utf-8", "replace")) < 256 * longest / LONGEST
        and (_is_word(text[0]) or text[0] == "_")
        and text == composed(text)
        and all(_is_word(sign) or sign == " " or sign in _SIGNS for sign in text)
        and not _ADDRESS.search(text)
    )


def is_machine(text: object) -> bool:
    """Whether a text is a machine type and a machine id with a blank between, both of them names.

    Example:
        >>> is_machine("fan id_00")
        True
    """
    return is_name(text, 2 * LONGEST + 1)


def checked(text: str, of: str = "a machine") -> str:
    """A name, in the one form (NFC) in which it is compared, without blanks around it.

    Args:
        text: as somebody wrote it.
        of: what it is the name of.

    Raises:
        UserError: it is none; the sentence proposes another.

    Example:
        >>> checked("M/2 (neu)")
        Traceback (most recent call last):
        mimimi.errors.UserError: 'M/2 (neu)' cannot be the name of a machine: use letters, digits, \
spaces and _-.,+()#'&%°, a letter or digit first, 80 characters at most, such as 'M-2 (neu)'.
    """
    name = composed(text)
    if is_name(name):
        return name
    proposal = f", such as {cleaned(name)!r}" if cleaned(name) else ""
    shown = name if len(name) <= LONGEST else f"{name[:LONGEST]}…"
    raise UserError(
        f"{shown!r} cannot be the name of {of}: use letters, digits, spaces and {_SIGNS}, a letter "
        f"or digit first, {LONGEST} characters at most{proposal}."
    )


def called(kind: str, name: str | None) -> str:
    """A machine as people call it: its kind, unless the name says it or there is none to say.

    Example:
        >>> called("fan", "id_00"), called("pump", "Pump 2"), called("machine", "mill")
        ('fan id_00', 'Pump 2', 'mill')
    """
    if not name:
        return kind
    words, own = kind.lower().split(), name.lower().split()
    return name if kind == "machine" or all(word in own for word in words) else f"{kind} {name}"


def cleaned(text: str, longest: int = LONGEST) -> str:
    """The name most like a text; empty where nothing is left of it. Two texts may become one.

    Example:
        >>> cleaned("plant [2024]: a.wav")
        'plant -2024-- a.wav'
    """
    name = composed(text)
    name = "".join(s if _is_word(s) or s == " " or s in _SIGNS else "-" for s in name)
    name = _ADDRESS.sub("-", name)
    while name and not is_name(name, longest):
        name = name[:-1].rstrip() if _is_word(name[0]) else name[1:].lstrip()
    return name


def slug(text: str, longest: int = 64) -> str:
    """What a folder is called after a text: small letters and digits of any script, hyphens, `_`.

    Texts that differ in more than capitals and in how words are set apart have different slugs:
    where a slug does not show a difference, a hash of the text ends it. A slug is its own slug.

    Args:
        text: such as a name.
        longest: bytes of UTF-8 at most.

    Returns:
        The slug; empty where the text holds no letter and no digit.

    Example:
        >>> slug("Pump 3, hall B"), slug("Pump A+"), slug("Pump A-")
        ('pump-3-hall-b', 'pump-a-029d39dd', 'pump-a-9f8bdd86')
    """
    name = composed(text.lower()).strip(" .,/\\")
    shown = _SAME.sub("-", name)
    words = "".join(sign if _is_word(sign) or sign == "_" else "-" for sign in shown)
    words = re.sub("-+", "-", words).strip("-")
    if not words.strip("_"):
        return ""
    if words == shown and len(words.encode()) <= longest and not _RESERVED.fullmatch(words):
        return words
    ending = f"-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:_DIGITS]}"
    return words.encode()[: longest - len(ending)].decode("utf-8", "ignore").rstrip("-") + ending


def meant(text: str, known: Iterable[str]) -> str | None:
    """Which of the names that there are somebody means who writes it, or its slug.

    Returns:
        One of them; None where none is meant, or several could be.

    Example:
        >>> meant("roof-fan", ["Roof fan", "pump"]), meant("roof", ["Roof fan"])
        ('Roof fan', None)
    """
    names = list(known)
    if text in names:
        return text
    alike = [name for name in names if slug(name) == slug(text)] if slug(text) else []
    return alike[0] if len(alike) == 1 else None


def proposal(text: str, known: Iterable[str]) -> str:
    """What to add to a sentence that says a name is not known: the one that is most like it.

    Example:
        >>> proposal("compresor 2", ["compressor 2", "fan"]), proposal("x", ["fan"])
        ('; did you mean compressor 2?', '')
    """
    by_slug = {slug(name): name for name in known}
    close = get_close_matches(slug(text), by_slug, n=1)
    return f"; did you mean {by_slug[close[0]]}?" if close else ""


def composed(text: str) -> str:
    """A name in the form in which it is compared: no blanks around it, letters composed (NFC)."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _is_word(sign: str) -> bool:
    """A letter or digit of any script, or a mark on one, which `str.isalnum` leaves out."""
    return sign.isalnum() or unicodedata.category(sign)[0] == "M"
