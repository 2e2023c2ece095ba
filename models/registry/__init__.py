"""Models as files and in MLflow; nothing that is loaded can run code."""
