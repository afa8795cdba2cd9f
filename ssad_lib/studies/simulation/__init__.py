"""Studies of paper 004: simulated anomalies and training on split data."""
