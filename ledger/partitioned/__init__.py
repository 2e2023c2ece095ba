"""A ledger of any size in partitions of customers, each judged on its own, and one verdict in the end."""
