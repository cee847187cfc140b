"""What became of a trial."""
