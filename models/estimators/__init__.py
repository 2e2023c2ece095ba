"""Classifiers of scikit-learn in the place of the trees: named by a setting, fitted, explained, stored."""
