"""The commands, one a file: `longcot NAME` is `NAME.py`."""
