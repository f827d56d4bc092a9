"""Asking models: what a client costs and survives, and when sampling stops."""
