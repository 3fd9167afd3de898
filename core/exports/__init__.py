"""What leaves the house: readings as files and over HTTP, with manifests, deltas and pseudonyms."""
