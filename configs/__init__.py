"""Settings, mappings, strategies and deployments: values, each with a comment saying why."""

from configs.privacy import keep_private
from configs.telemetry import switch_off
from configs.threads import wait_asleep

keep_private()
switch_off()
wait_asleep()
