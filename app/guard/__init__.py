"""What stands between strangers and the pages: who may ask, what may be chosen, how much."""
