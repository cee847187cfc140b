"""The networks: encoders, their heads and decoders, and where their weights come from."""
