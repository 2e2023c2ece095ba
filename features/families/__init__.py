"""The declarations of the catalogue, by what they are about."""
