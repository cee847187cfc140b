"""Write synthetic people in the formats of the datasets, with the faults of real copies: a file per dataset.

Each writer fills one folder with `count` usable samples, and with broken ones that a reader must drop.
"""
