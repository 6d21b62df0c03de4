"""What is promised, measured: false alarms, places, likeness, unknown sounds, survival."""
