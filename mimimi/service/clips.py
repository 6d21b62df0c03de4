"""Sound around alarms, kept as FLAC within a cap."""

from __future__ import annotations

import io
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from mimimi import files
from mimimi.audio.decoder import Block
from mimimi.names import slug
from mimimi.terminal import Log


class Clips:
    """A folder of clips that takes up so much at most; the oldest go first.

    Args:
        folder: made where it is missing.
        megabytes: that all clips take together, at most.
        complain: told when one cannot be kept.
    """

    def __init__(self, folder: Path, megabytes: float, complain: Log) -> None:
        self._folder, self._most, self._complain = folder, round(1e6 * megabytes), complain

    def keep(self, machine: str, at: float, samples: Block, rate: int) -> str | None:
        """Keep a clip.

        Args:
            machine: its name.
            at: when it begins, in s since 1970.
            samples: `(time,)`, int16 or float32.
            rate: in Hz.

        Returns:
            Its path; None where it could not be kept.
        """
        import soundfile

        content = io.BytesIO()
        samples = samples if samples.dtype == np.int16 else np.clip(samples, -1, 1)
        soundfile.write(content, samples, rate, format="FLAC", subtype="PCM_16")
        size = content.getbuffer().nbytes
        name = f"{datetime.fromtimestamp(at, timezone.utc):%Y-%m-%dT%H-%M-%SZ}.flac"
        path = self._folder / slug(machine) / name
        try:
            if not self._make_room(size):
                return None
            path.parent.mkdir(parents=True, exist_ok=True)
            files.replace_file(path, content.getvalue())
        except OSError as error:
            self._complain(f"no clip was kept: {error.strerror or error}")
            return None
        return str(path)

    def _make_room(self, size: int) -> bool:
        """Whether there is room for so many bytes, now that the oldest have gone."""
        kept = [(path.stat(), path) for path in self._folder.glob("*/*.flac")]
        total = sum(found.st_size for found, _ in kept)
        for found, path in sorted(kept, key=lambda clip: clip[0].st_mtime):
            if total + size <= self._most:
                break
            path.unlink()
            total -= found.st_size
        return total + size <= self._most
