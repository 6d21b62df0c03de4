"""Where a score comes from: time, frequency, magnitude or phase; the nearest normal recording."""
