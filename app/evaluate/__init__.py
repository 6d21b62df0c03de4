"""The Evaluate page: a detector tried on recordings whose labels are known."""
