"""The run folder, replayed to MLflow."""
