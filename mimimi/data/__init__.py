"""Where recordings come from: indexes over folders, and simulated machines."""
