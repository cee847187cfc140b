"""The words: errors, problems, how things are told."""
