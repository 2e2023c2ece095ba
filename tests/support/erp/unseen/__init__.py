"""Exports of invented companies, as a newcomer brings them: duerank has no mapping for any of them."""
