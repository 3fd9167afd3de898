"""Files we keep, by the hash of their content."""
