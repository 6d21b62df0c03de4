"""The parts of the Analyse page, from top to bottom."""
