"""The forms that trainers read: a file added here is one more (schemas/parts/view_format.py)."""
