"""What the figures of a report show, as values: a file for each kind, and nothing that draws."""
