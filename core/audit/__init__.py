"""The audit log: append-only, each event chained to the one before."""
