"""How long things take, side by side, and in how much memory."""
