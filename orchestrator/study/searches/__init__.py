"""What a search may say, how far one has got, and when it ends."""
