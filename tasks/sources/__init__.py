"""Rows of any source as a stream: files, the Hub, columns, conditions; problems from them."""
