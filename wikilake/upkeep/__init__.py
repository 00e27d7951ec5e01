"""What keeps a lake in order: checks, retention, the copy that may be shared."""
