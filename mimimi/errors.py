"""What can be wrong with what a user gave: one base class, so that a front end catches one name."""

from __future__ import annotations


class UserError(Exception):
    """A mistake that the user can mend; its text is one sentence that says how.

    The command line prints it on stderr and exits with 2, the page shows it where it was made.
    """


class AudioError(UserError):
    """A file or an array that cannot be judged: not audio, empty, silent, too short, non-finite."""


class SilentError(AudioError):
    """A recording in which nothing can be heard."""


class CorpusError(UserError):
    """A folder of recordings that cannot be read or does not hold what was asked for."""


class DetectorError(UserError):
    """A saved detector that is missing, damaged, of another program or of a later version."""


class UnknownMachineError(UserError):
    """A machine id that the detector has never met."""


class NoHomeError(UserError, FileNotFoundError):
    """Nobody says where runs and caches are to be kept; what need not be kept goes on without."""
