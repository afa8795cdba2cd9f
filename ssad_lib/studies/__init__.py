"""Studies: the grids of run specifications behind the papers' tables, one module per paper."""
