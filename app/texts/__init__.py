"""The sentences that a user reads."""
