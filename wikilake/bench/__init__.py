"""What a run costs. For developers."""
