"""The pool as SQL, for queries, views and histories."""
