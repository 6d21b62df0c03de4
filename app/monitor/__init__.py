"""The Monitor page: what the listener that runs by itself has heard, and how it stands."""
