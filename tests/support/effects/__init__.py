"""Worlds in which the effect of a contact, and who pays, is known."""
