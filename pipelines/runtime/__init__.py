"""What flows and commands run in: Prefect, progress, exit codes, the journal and alerts."""
