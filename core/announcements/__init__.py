"""What the landlord tells many tenants at once: written, addressed, published, corrected, withdrawn, read."""
