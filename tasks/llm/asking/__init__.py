"""Questions put to a model about rows, and the forms of their answers."""
