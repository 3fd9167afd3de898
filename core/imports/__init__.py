"""The import desk: dialect, kinds of files, validation, batches, suspense, undo."""
