"""Late-payment and default models: fit, calibrate, evaluate, explain, register."""

import configs as configs  # switches telemetry off before mlflow is loaded
