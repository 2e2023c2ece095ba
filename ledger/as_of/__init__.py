"""What a night knows: the as-of view, exchange rates, promises and balances."""
