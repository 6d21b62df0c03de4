"""The Live page: the microphone while the machine runs."""
