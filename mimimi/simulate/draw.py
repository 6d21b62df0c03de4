"""Random numbers that depend on nothing but what is being simulated."""

from __future__ import annotations

import hashlib

import numpy as np


def generator(*key: object) -> np.random.Generator:
    """A random generator of its own for every key, the same on every machine and in every run.

    Python's own `hash` differs from process to process, so the key is hashed with SHA-256.

    Example:
        >>> int(generator("fan", 3).integers(1000)) == int(generator("fan", 3).integers(1000))
        True
    """
    digest = hashlib.sha256(repr(key).encode()).digest()
    return np.random.default_rng(np.frombuffer(digest, dtype="<u4"))


class Fault:
    """What is wrong with a machine in one clip: a name, how far gone, and its own random numbers.

    Every fault draws from its own generator, so that the sound machine's numbers stay the same
    and severity 0 is the normal sound, sample by sample.
    """

    def __init__(self, name: str | None, amount: float, rng: np.random.Generator) -> None:
        """Name of the fault (`None`: none), its physical amount, its random generator."""
        self.name = name
        self._amount = amount
        self.rng = rng

    def amount(self, name: str) -> float:
        """How far the fault called `name` has gone: 0 where it is another one, or none."""
        return self._amount if name == self.name else 0.0
