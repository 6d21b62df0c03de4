"""From recordings to a detector: checks, split, loop, calibration, run folder."""
