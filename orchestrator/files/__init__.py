"""How anything is read and written."""
