"""Reads across features: what the tenant's home page and the staff desk show at a glance."""
