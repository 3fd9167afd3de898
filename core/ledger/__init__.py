"""Ledger entries, balances, what is overdue."""
