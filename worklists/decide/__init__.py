"""About each customer tonight: the facts, who is left alone, what a contact brings, what to do."""
