"""What a memory of one machine's normal sound is worth, measured; see README.md."""
