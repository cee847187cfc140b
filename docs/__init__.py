"""What builds the documentation: `mkdocs.yml` names `hooks/pages.py`."""
