"""Optuna's answers, and the memory of this machine."""
