"""Expressions as trees: read from text, evaluated at points, compared. Nothing is executed."""
