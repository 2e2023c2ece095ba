"""What tests share: ledgers, views, nights and models in small, and the servers they need."""
