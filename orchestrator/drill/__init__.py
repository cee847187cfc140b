"""Rehearsals of faults on a small copy of a study."""
