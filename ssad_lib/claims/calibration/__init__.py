"""Measured error rates of the rules: what each says where the truth is known (METHODS 15)."""
