"""The trials behind one cell of a table, trained again and compared."""
