"""Settings, mappings, strategies and deployments: values, each with a comment saying why."""

from configs.privacy import keep_private
from configs.telemetry import switch_off

keep_private()
switch_off()
