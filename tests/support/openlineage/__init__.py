"""The schemas of OpenLineage (github.com/OpenLineage/OpenLineage, folder spec, Apache License 2.0), unchanged."""
