"""What a visit keeps, and what is made once for all visitors."""
