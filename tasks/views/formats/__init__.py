"""The forms that trainers read, one a file. Each takes joined rows and returns a table."""
