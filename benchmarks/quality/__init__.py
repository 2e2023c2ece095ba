"""How good, on data that no model has seen, beside naive baselines."""
