"""What tasks share: the training loop, checkpoints, losses, metrics, features, seeds."""
