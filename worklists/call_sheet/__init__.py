"""All that a call needs about a customer on the list: open items, people, promises, disputes, habits, contacts."""
