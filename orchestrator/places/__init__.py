"""Where workers run: this machine, or a cluster; the only room that knows a scheduler."""
