"""An evaluation as pictures."""
