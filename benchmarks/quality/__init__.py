"""How good, on data that no model has seen, compared with naive baselines."""
