"""Where a reproduction touches the world."""
