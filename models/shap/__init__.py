"""Exact SHAP values of tree ensembles, compiled."""
