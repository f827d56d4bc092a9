"""The viewer: a local page for people who read a hundred traces in a sitting."""
