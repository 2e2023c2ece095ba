"""Lineage by OpenLineage: what a night and a training read and wrote; variables of the environment switch it on."""
