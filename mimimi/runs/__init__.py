"""A run on disk: what was asked of it, how it stands, its metrics."""
