"""Choosers and tables that several pages share."""
