"""The forms that trainers read: a file added here is one more (schemas/view_format.py)."""
