"""Draws the kinds of figures with matplotlib; what they show is in `report/figures/`."""
