"""What is said where the program itself has made a mistake."""

from __future__ import annotations


def sentence(reference: str) -> str:
    return (
        "Something went wrong that should not have. Reload the page and try again; if it happens "
        f"again, report it to whoever runs this installation, with reference {reference}, under "
        "which its log says more."
    )
