"""What is asked of a lake: metrics, reports, explanations, differences."""
