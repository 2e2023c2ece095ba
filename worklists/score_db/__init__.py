"""The score tables: their declarations, migrations, roles, and nights published whole or not at all."""
