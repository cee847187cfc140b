"""Turns one YAML study into trained trials, MLflow runs and paper tables."""
