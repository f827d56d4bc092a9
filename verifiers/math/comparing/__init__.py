"""Whether two expressions, relations, sets or structures are the same. Nothing is executed."""
