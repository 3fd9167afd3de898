"""Screens of the tenant portal."""
