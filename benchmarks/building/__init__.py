"""Builds: time, memory and bytes at growing sizes, and what they survive."""
