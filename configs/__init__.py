"""Settings, mappings, strategies and deployments: values, each with a comment saying why."""
