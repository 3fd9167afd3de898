"""The demo city: deterministic files of a fictitious landlord, loaded through the same import."""
