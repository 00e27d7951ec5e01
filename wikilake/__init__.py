"""wikilake: what SQL cannot be – two parsers, session set-up, the command line, samples."""
