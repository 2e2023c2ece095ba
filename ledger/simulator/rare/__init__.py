"""What happens seldom in a simulated ledger."""
