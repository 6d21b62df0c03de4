"""What was heard of one machine so far: its recordings, the verdicts on them, a photo, a report."""
