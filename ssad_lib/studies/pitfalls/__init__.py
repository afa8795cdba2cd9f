"""The studies of paper 002: snooping, and choosing an augmentation without labels (METHODS 10)."""
