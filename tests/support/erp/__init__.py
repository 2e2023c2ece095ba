"""Ledgers of other systems: the simulator's written in their schemas, and a real Tryton."""
