"""The claims of paper 004 (METHODS section 15)."""
