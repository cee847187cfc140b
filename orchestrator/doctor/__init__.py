"""What this machine or a cluster allows."""
