"""From a study file to the trials it consists of."""
