"""The pictures of the documentation, made by programs: `python -m docs.pictures` makes all of them anew."""
