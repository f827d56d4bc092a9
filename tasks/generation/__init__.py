"""Traces of teachers: recordings replayed, models asked, samples stopped where they may."""
