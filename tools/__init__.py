"""What `make` runs for the project itself and nothing of the program needs: the locks and the page of licences."""
