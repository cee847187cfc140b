"""Decisions: values in, values out; no files, no clock, no environment."""
