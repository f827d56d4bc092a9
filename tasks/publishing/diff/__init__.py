"""What two releases differ in, row by row, and why rows left."""
