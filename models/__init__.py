"""Late-payment and default models: fit, calibrate, evaluate, explain, register."""
