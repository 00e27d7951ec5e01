"""Made-up requests and edit histories."""
