"""The Models page: the detectors at hand, how good they are, and those of the Hub."""
