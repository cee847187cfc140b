"""What moves a study forward."""
