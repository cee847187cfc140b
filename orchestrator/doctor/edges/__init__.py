"""What is asked of machines, nodes and schedulers."""
