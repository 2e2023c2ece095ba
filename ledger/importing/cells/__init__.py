"""How the cells of an export are written, and what a mapping may say about them."""
