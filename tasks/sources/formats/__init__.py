"""The formats of text files that hold rows, one a file."""
