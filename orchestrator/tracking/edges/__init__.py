"""MLflow's store and its UI."""
