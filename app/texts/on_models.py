"""What the Models page says, and the forms that fetch and publish."""

from __future__ import annotations

from mimimi import deployment
from texts.formats import plain

INTRODUCTION = (
    "Each detector knows machines of one kind. Use one, compare several, take one along as a file, "
    "or publish it."
)
NOTHING_TO_COMPARE = (
    "None of them brings figures on faults along. Try one on recordings of which you know how the "
    "machine was; what is found is said here, too, for as long as this visit lasts."
)
MORE = "Its card, and more"
TRY_ONE = "Try one on recordings"
KINDS = {"machine": "my machines"}  # of whose kind nobody said anything
REAL, SIMULATED = "Real machines", "Simulated machines"
WHAT_IS_COMPARED = (
    "Each detector's own figures on recordings it was not trained on, with 95 % intervals, which "
    "are wide where recordings were few. Two detectors were not always tried on the same ones."
)
WHAT_IS_PUBLISHED = (
    "Weights, settings and a card that says what it is, how good and with what limits, go to the "
    "[Hugging Face Hub](https://huggingface.co), where others can use them."
)
LICENCE_NOT_KNOWN = (
    "The licence of the recordings it was made from is not known, and the weights inherit it. Ask "
    "whoever made the recordings before you pass the weights on."
)
LICENCE_NEEDED = "Choose the licence of the recordings first; it is written on the card."
LICENCES = {
    "cc-by-4.0": "CC BY 4.0: name us",
    "cc-by-sa-4.0": "CC BY-SA 4.0: name us, and pass it on alike",
    "cc-by-nc-4.0": "CC BY-NC 4.0: name us, not for money",
    "cc-by-nc-sa-4.0": "CC BY-NC-SA 4.0: name us, not for money, pass it on alike",
    "cc0-1.0": "CC0: do as you like",
    "mit": "MIT",
    "all-rights-reserved": "All rights reserved: the recordings are mine or my employer's",
}
ONE_FILE = "A detector that was downloaded here or on another computer (ZIP)"
HELP_OF_ONE_FILE = (
    "All of it in one file: weights, settings and card. Another MIMIMI takes it in on this page."
)
HELP_OF_TAKING_IN = "It is checked before it is used, and no code in it is run."
NOT_YOURS = "Only whoever made it can change it."
HELP_OF_PUBLISHED_NAME = "Your user name or organisation, a slash, and a name of your choice."
TOKEN_NEEDED = (
    "Enter an access token of your own; this installation does not publish in its own name."
)
HELP_OF_HUB_NAME = (
    "As in its address, https://huggingface.co/user/mimimi-fan. For a certain version, add a "
    "branch, a tag or a commit: user/mimimi-fan@v1."
)


def taken(name: str) -> str:
    """A name that cannot be had."""
    return f"There is a detector called {name} already; choose another name."


def taken_in(label: str, before: str | None) -> str:
    """A file was taken in.

    Args:
        label: of its detector.
        before: what that was called in the file, where the name was taken.
    """
    if before is None:
        return f"Taken in: {label}."
    return f"There is a {before} already, so the one that was taken in is called {label} here."


def renamed(before: str, after: str) -> str:
    """Another name was given."""
    return f"{before} is called {after} now."


def delete(label: str) -> str:
    """The question before it."""
    return f"**{plain(label)}** will be gone for good. Download it first if you may want it again."


def deleted(label: str) -> str:
    """It was done."""
    return f"Deleted: {label}."


def help_of_token(use: str) -> str:
    """What becomes of a visitor's token.

    Args:
        use: what it serves once: "download", "upload".
    """
    text = f"Made at https://huggingface.co/settings/tokens. Used for this {use} and not kept."
    return text if deployment.shared() else f"{text} Empty: the one of this computer."


def link_asks_for(detector: str) -> str:
    """Of an address that names a detector of the Hub: nothing is fetched by itself."""
    return (
        f"This link asks for the detector {detector} of the Hugging Face Hub. To use it, download "
        "it under “From the Hub”."
    )
