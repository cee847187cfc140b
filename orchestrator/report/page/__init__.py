"""What the page of a report shows beside its tables and figures, as plain values."""
