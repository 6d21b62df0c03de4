"""What networks and baselines read of a waveform: segments and their spectra."""
