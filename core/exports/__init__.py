"""What leaves the house: readings and money as files, readings over HTTP, with manifests, deltas and pseudonyms."""
