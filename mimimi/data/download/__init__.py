"""Public data sets onto the disk, over connections that break."""
