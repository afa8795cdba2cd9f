"""The claims of paper 002 (METHODS section 15)."""
