"""What tests of the project itself share: its systemd units, and its texts to translate."""
