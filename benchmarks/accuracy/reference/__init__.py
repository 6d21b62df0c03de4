"""What a second microphone is worth."""
