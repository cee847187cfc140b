"""Fetch weights and datasets as far as their hosts and terms allow, and say of the rest where to ask."""
