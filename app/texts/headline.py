"""What is said first, of a verdict, of an alarm and of a job."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Headline:
    """What is said first: never by colour alone."""

    icon: str  # a Material symbol
    colour: str  # of Streamlit's palette
    text: str

    @property
    def markdown(self) -> str:
        """As Streamlit's Markdown: icon and text in the colour."""
        return f":{self.colour}[:material/{self.icon}: {self.text}]"
