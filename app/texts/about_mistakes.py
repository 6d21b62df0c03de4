"""What is said where the program itself has made a mistake."""

from __future__ import annotations

import errno

_FULL = (
    "The disk of this installation is full, and nothing was kept of what you did last. Try again "
    "later, or tell whoever runs it."
)
_READ_ONLY = (
    "This installation cannot write to its disk, and nothing was kept of what you did last. Tell "
    "whoever runs it that its MIMIMI_HOME must be writable."
)
DISK = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
}


def sentence(reference: str) -> str:
    return (
        "Something went wrong that should not have. Reload the page and try again; if it happens "
        f"again, report it to whoever runs this installation, with reference {reference}, under "
        "which its log says more."
    )
