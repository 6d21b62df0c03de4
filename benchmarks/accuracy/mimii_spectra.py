"""Write the spectra that `mimimi.data.other_machines` makes its sounds of.

    python -m benchmarks.accuracy.mimii_spectra DATA

Of each machine of MIMII the normal clips of the training split, channel 0.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from benchmarks.accuracy.clips import Clips
from mimimi import audio
from mimimi.data.other_machines import SPECTRA, as_bytes, mean_power
from mimimi.files import replace_file

ABOUT = {
    "source": "MIMII, public release 1.0, -6 dB, https://zenodo.org/record/3384388",
    "by": "Hitachi, Ltd. (Purohit et al. 2019)",
    "licence": "CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/",
    "changes": "mean power spectra of normal clips in steps of half a dB, by MIMIMI",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    options = parser.parse_args(arguments)
    clips = Clips.under(options.data)
    found = {
        name: np.stack(
            [
                as_bytes(mean_power(audio.read(r.path).samples))
                for r in clips.learn
                if r.machine == name
            ]
        )
        for name in clips.machines
    }
    replace_file(SPECTRA, save(found, metadata=ABOUT))
    print(f"{SPECTRA}: {sum(map(len, found.values()))} spectra of {len(found)} machines")


if __name__ == "__main__":
    main()
