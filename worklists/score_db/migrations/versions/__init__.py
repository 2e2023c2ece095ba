"""One file for each revision. What was released is never changed."""
