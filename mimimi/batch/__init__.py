"""Folders of any size scored, here or through Ray Data."""
