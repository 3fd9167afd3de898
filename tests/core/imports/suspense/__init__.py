"""Rows in suspense: whose they may be, whose they are said to be, and back."""
