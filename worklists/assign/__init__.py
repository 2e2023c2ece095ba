"""Who makes which contact, within the collectors' minutes."""
