"""The studies of paper 001: self-tuning self-supervised anomaly detection (METHODS section 9)."""
