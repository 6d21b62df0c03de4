"""What files are called in a list, so that those of one name can be told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence


def told_apart(files: Sequence[str]) -> list[str]:
    """Names of files, each with as many of its folders as tell it from the others, else a number.

    Args:
        files: paths, or names alone where there is no more.

    Returns:
        As many, all different.

    Example:
        >>> told_apart(["plant/monday/1.wav", "plant/tuesday/1.wav", "plant/tuesday/2.wav"])
        ['monday/1.wav', 'tuesday/1.wav', '2.wav']
        >>> told_apart(["1.wav", "1.wav"])
        ['1.wav', '1.wav (2)']
    """
    parts = [re.split(r"[\\/]+", file) for file in files]
    depths = [1] * len(files)
    while True:
        names = ["/".join(own[-depth:]) for own, depth in zip(parts, depths, strict=True)]
        counts = Counter(names)
        deeper = [
            depth + (counts[name] > 1 and depth < len(own))
            for own, depth, name in zip(parts, depths, names, strict=True)
        ]
        if deeper == depths:
            return _numbered(names)
        depths = deeper


def _numbered(names: Sequence[str]) -> list[str]:
    found = dict[str, None]()  # in their order
    for name in names:
        own, number = name, 1
        while own in found or (number > 1 and own in names):
            number += 1
            own = f"{name} ({number})"
        found[own] = None
    return list(found)
