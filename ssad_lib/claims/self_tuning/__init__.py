"""The claims of paper 001 (METHODS section 15)."""
