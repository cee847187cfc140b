"""The first stage of a study: a dataset read, checked and cut once, into the one file that trainings read."""
