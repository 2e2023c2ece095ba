"""Prefect flows and the command line: thin, each task one call into a room above."""

import configs as configs  # switches telemetry off before prefect and mlflow are loaded
