"""What is asked of a job, and the command that does it: nobody else writes its arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal["train", "download", "simulate", "listen"]
Value = str | int


@dataclass(frozen=True)
class JobRequest:
    """What is asked of a job.

    Args:
        name: of the job, made a slug; the detector that is trained bears it.
        verb: of the command line.
        data: the folders that a training learns from.
        options: of the verb, without their hyphens; several values of one are a list.
        owner: a mark by which whoever asks for it is known again; no command line has it.

    Example:
        >>> asked = JobRequest("pump 3", "train", [Path("data")], {"type": "pump", "epochs": 5})
        >>> asked.arguments
        ['train', 'data', '--type', 'pump', '--epochs', '5']
    """

    name: str
    verb: Kind
    data: Sequence[Path] = ()
    options: Mapping[str, Value | Sequence[Value]] = field(default_factory=dict)
    owner: str | None = None

    @property
    def arguments(self) -> list[str]:
        """Of `python -m mimimi`, apart from those that say which folder is the job's."""
        words = [self.verb, *map(str, self.data)]
        for option, value in self.options.items():
            values = [value] if isinstance(value, Value) else value
            words += [f"--{option}", *map(str, values)]
        return words


def command(arguments: Sequence[str], folder: Path, *, resume: bool) -> list[str]:
    """The arguments of `python -m mimimi` that do in a folder what was asked.

    Args:
        arguments: of a request, or of a command given by hand.
        folder: of the job.
        resume: whether a training goes on that was begun before.

    Example:
        >>> command(["simulate", "--ids", "2"], Path("/runs/a"), resume=False)
        ['simulate', '/runs/a/data', '--ids', '2', '--job', '/runs/a']
    """
    verb, *rest = (word for word in arguments if word != "--resume")
    if verb == "listen":
        return [verb, *rest, "--job", str(folder)]
    if verb != "train":
        return [verb, str(folder / "data"), *rest, "--job", str(folder)]
    # Of two --out, as there are after a run begun by hand, the last one counts.
    return [verb, *rest, "--out", str(folder), *(["--resume"] if resume else [])]
