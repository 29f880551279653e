"""Where the bytes of a source are: files, patterns, URLs, archives."""
