"""Imports of foreign exports, and a look at one."""
