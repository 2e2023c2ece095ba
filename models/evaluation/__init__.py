"""How good models are: metrics, calibration by group, later nights, and the gate."""
