"""`python -m duerank` is `duerank`."""

from duerank.launch import main

main()
