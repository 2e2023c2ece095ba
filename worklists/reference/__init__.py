"""Pages and dashboards that are made from the declarations."""
