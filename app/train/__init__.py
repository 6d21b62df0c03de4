"""The Train page: recordings, their checks, the start, and the runs."""
