"""The studies of paper 000, "Self-supervision is not magic", by chapter."""
