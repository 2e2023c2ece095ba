"""Texts ready to send: mails, letters and text messages of a night, from templates. Nothing is sent from here."""
