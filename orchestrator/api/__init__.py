"""What `import orchestrator` gives: studies, trials and tables as values of Python."""
