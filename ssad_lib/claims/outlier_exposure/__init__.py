"""The claims of paper 003 (METHODS section 15)."""
