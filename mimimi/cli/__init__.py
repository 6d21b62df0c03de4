"""The command line: a module a verb, arguments and printing only; the work is done elsewhere."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from mimimi import __version__, extras, unexpected
from mimimi.cli import (
    download,
    evaluate,
    export,
    history,
    jobs,
    learn,
    listen,
    publish,
    score,
    serve,
    simulate,
    train,
    watch,
)
from mimimi.cli.console import BAD, INTERRUPTED, complain
from mimimi.errors import UserError
from mimimi.terminal import accept_any_name, drop_unwritten, sentence

VERBS = (
    score,
    watch,
    listen,
    history,
    serve,
    evaluate,
    export,
    learn,
    train,
    jobs,
    publish,
    download,
    simulate,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Example:
        >>> main(["score", "no-such-detector", "clip.wav"])
        2
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(arguments)
    options.command = arguments
    accept_any_name()
    try:
        code: int = options.run(options)
        print(end="", flush=True)  # while a full disk can still be reported
        return code
    except UserError as error:
        complain(error)
        return BAD
    except ModuleNotFoundError as error:
        missing = extras.missing(error)
        complain(missing or unexpected.sentence(unexpected.note(error)))
        return BAD
    except OSError as error:
        drop_unwritten()
        if not isinstance(error, BrokenPipeError):  # else the reader has seen enough, as `head`
            complain(sentence(error))
        return BAD
    except Exception as error:  # a mistake of ours
        complain(unexpected.sentence(unexpected.note(error)))
        return BAD
    except KeyboardInterrupt:
        complain("stopped")
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mimimi", description="Tells from its sound whether a machine is going wrong."
    )
    parser.add_argument("--version", action="version", version=f"mimimi {__version__}")
    verbs = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for verb in VERBS:
        verb.add(verbs)
    return parser
