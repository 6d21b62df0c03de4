"""The parts of the Train page: where recordings come from, their checks, the start, the jobs."""
