"""The Machines page: one machine, its recordings and verdicts so far."""
