"""Mel bands are those that everybody else's tools mean by the name."""

from __future__ import annotations

import numpy as np
import pytest
from torchaudio.functional import melscale_fbanks

from mimimi.config import FrontEnd
from mimimi.features.mel import Scale, mel_filters


@pytest.mark.parametrize(("bands", "scale"), [(16, "slaney"), (64, "htk"), (128, "slaney")])
def test_filters_are_those_of_torchaudio(bands: int, scale: Scale) -> None:
    theirs = melscale_fbanks(513, 0.0, 8_000.0, bands, 16_000, norm="slaney", mel_scale=scale)
    found = mel_filters(FrontEnd(), bands, scale)
    np.testing.assert_allclose(found, theirs.numpy(), atol=1e-5 * float(theirs.max()))
