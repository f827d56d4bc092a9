"""Generators: makers of problems with their answers, one part a file."""
