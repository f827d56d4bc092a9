"""Mathematical answers: read into trees, then compared from cheap to dear."""
