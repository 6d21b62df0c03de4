"""Whether the end of a file that libsndfile has opened is missing."""

from __future__ import annotations

import re

from mimimi.audio.sound_file import Readable

# What libsndfile's log says of a file that ends early: less data than the header promises (AIFF,
# AU, CAF; W64, of which it compares the whole file only), or no last page (OGG).
_PROMISE = re.compile(
    r"^\s*(?:data|SSND|Data Size|riff|Riff size)\s*: (\d+) \(should be (\d+)\)", re.MULTILINE
)
_NO_LAST_PAGE = "lacks an end-of-stream bit"
_LARGEST_PAGE = 65_307  # bytes of OGG


def ends_early(log: str, file: Readable, size: int) -> bool:
    """Whether a file stops before it is complete.

    Args:
        log: of libsndfile, once it has opened the file.
        file: the file.
        size: of it, in bytes.

    Example:
        >>> import io
        >>> ends_early("data : 48000 (should be 31985)", io.BytesIO(), 0)
        True
    """
    promises = [(int(said), int(held)) for said, held in _PROMISE.findall(log)]
    if any(held < said and not _of_a_stream(said) for said, held in promises):
        return True
    return _NO_LAST_PAGE in log and not _ends_with_a_page(file, size)


def _ends_with_a_page(file: Readable, size: int) -> bool:
    """Whether the last page of an OGG is whole: a stream that was never closed ends so, too."""
    file.seek(max(size - _LARGEST_PAGE, 0))
    tail = file.read(_LARGEST_PAGE)
    page = tail[tail.rfind(b"OggS") :] if b"OggS" in tail else b""
    lengths = page[27 : 27 + page[26]] if len(page) > 26 else b""
    return bool(lengths) and 27 + len(lengths) + sum(lengths) == len(page)


def _of_a_stream(size: int) -> bool:
    """Whether a size stands for "not known yet": near 2^31, 2^32 or 2^63."""
    return size >= 1 << 62 or min(abs(size - (1 << 31)), abs(size - (1 << 32))) < 1 << 16
