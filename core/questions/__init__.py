"""Questions of tenants: threads about a letter, a ledger line, a reading or in general, answered by the office."""
