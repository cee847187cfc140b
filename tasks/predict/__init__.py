"""What a finished trial says about your own pictures: `python -m tasks.predict TRIAL IMAGE...`."""
