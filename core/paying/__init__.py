"""A tenant's paying: what may be paid, the transfer as a QR code and on paper, and the papers of the ledger."""
