"""Event streams: what is declared of them, how their lines are read, what of them may be kept."""
