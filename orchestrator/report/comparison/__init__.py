"""Whether cells of a table differ, and whether they may be compared."""
