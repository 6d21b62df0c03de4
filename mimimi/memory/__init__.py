"""A memory of normal sound: one machine, no training, no torch; judged by its nearest neighbours.

Example:
    >>> import numpy as np
    >>> from mimimi.memory import MemoryBank
    >>> rng = np.random.default_rng(0)
    >>> bank = MemoryBank.learn([rng.normal(size=160_000) for _ in range(3)])
    >>> hum = np.sin(2 * np.pi * 1_240 * np.arange(160_000) / 16_000)
    >>> normal, unusual = bank.scores([rng.normal(size=160_000), rng.normal(size=160_000) + hum])
    >>> bool(unusual > normal)
    True
"""

from mimimi.memory.bank import MemoryBank
from mimimi.memory.memory import Memory
from mimimi.memory.occasion import Occasion
from mimimi.memory.sentence import Reason, reasons
from mimimi.memory.states import State, States

__all__ = ["Memory", "MemoryBank", "Occasion", "Reason", "State", "States", "reasons"]
