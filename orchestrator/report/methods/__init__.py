"""The methods appendix of a study, from evidence alone."""
