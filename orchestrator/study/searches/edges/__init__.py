"""Searches against the samplers and pruners that there are."""
