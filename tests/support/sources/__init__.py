"""What tests of sources share: a ledger in pieces."""
