"""Views side by side: what each holds, and what they share."""
