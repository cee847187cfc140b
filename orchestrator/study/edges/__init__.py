"""Study files and task modules, as they lie on disk."""
