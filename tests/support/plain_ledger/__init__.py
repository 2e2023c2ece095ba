"""An oracle of balances in plain Python, independent of the product: see `book`."""
