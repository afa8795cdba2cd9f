"""The claims of paper 000 (METHODS section 15)."""
