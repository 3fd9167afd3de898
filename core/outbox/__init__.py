"""Mail written in the transaction that causes it, and delivered by a worker."""
