"""Two studies side by side: what differs in them, and what that did to results and tables."""
