"""Slurm: its queue, its job scripts, its accounting."""
