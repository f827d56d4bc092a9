"""Servers that tests and benchmarks talk to: a fault-injecting one, and a real vLLM."""
