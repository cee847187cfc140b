"""What came of searches: tables, the data of their figures, and what is best."""
