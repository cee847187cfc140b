"""The run folder, snapshots of code, where a result comes from."""
