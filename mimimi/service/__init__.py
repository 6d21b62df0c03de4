"""The listener that runs by itself: what it hears, what it remembers, and whom it tells."""
