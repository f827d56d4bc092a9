"""Mathematical notation read into trees: tokens, atoms, precedence."""
