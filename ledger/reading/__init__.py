"""Raw rows into typed ones: parsing, conversion, and the rows that are refused on the way."""
