"""Screens of the staff dashboard."""
