"""Plain words: what a document type or a component of the charge is, in sentences that everybody understands."""
