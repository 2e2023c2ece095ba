"""Taking a customer out of the score tables and the files of all nights."""
