"""What comes in: logs of web servers, dumps of edit histories, address databases."""
