"""SQL over an export: its files and tables as views, and queries that can do nothing but read them."""
