"""Report files, and what is drawn."""
