"""Suspense: ledger rows whose tenancy was not known when they came, and whose an employee says they are."""
