"""The late-payment and default models: fit, calibrate, score and explain."""
