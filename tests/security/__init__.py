"""Threats, one file each: what others may have written must not do more than be read."""
