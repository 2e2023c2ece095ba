"""What an export holds: its files and tables, how they are written, and their first rows."""
