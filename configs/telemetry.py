"""Nothing phones home: the libraries' usage statistics are off unless the environment says otherwise."""

import os

SWITCHES = {
    "DO_NOT_TRACK": "true",  # prefect's client takes 1, true and yes; mlflow takes the word true only
    "GX_ANALYTICS_ENABLED": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
}


def switch_off() -> None:
    """Turn the usage statistics off; to be called before the libraries are imported, since some read this only once."""
    for name, value in SWITCHES.items():
        os.environ.setdefault(name, value)
