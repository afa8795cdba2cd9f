"""The grids of paper 003 and what its chapters show of them."""
