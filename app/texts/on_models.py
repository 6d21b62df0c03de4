"""What the Models page says, and the forms that fetch and publish."""

from mimimi import deployment

INTRODUCTION = (
    "Each knows the machines of one kind. Use one, compare them, download or publish some."
)
NOTHING_TO_COMPARE = "None of them was tried on labelled recordings."
WHAT_IS_COMPARED = (
    "Each detector's own figures on recordings it was not trained on, with 95 % intervals, which "
    "are wide where recordings were few. Two detectors were not always tried on the same ones."
)
WHAT_IS_PUBLISHED = (
    "Weights, settings and a card that says what it is, how good and with what limits, go to the "
    "[Hugging Face Hub](https://huggingface.co), where others can use them."
)
LICENCE_NOT_KNOWN = (
    "It was trained on recordings whose licence is not known. The card will say so; ask whoever "
    "made them before you pass it on."
)
HELP_OF_PUBLISHED_NAME = "Your user name or organisation, a slash, and a name of your choice."
TOKEN_NEEDED = "Give a token of your own; this installation publishes nothing in its name."
HELP_OF_HUB_NAME = (
    "As in its address, https://huggingface.co/user/mimimi-fan. For a certain version, add a "
    "branch, a tag or a commit: user/mimimi-fan@v1."
)


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
