"""Settings, mappings, strategies and deployments: values, each with a comment saying why."""

from configs.telemetry import switch_off

switch_off()
