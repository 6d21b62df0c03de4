"""Detectors on the Hugging Face Hub, and what a detector says of itself there."""
