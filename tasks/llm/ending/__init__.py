"""How asking ends before everything is asked: a stop, or a budget."""
