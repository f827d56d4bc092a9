"""What ships: sample problems, recorded traces, recipes, and the scripts that made them."""
