"""The installed program: in a wheel all rooms lie in this folder, in the repository beside it."""
