"""What happened, for a BI tool: cash, contacts, promises, what came of scores, and what they are about."""
