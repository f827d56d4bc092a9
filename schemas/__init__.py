"""The words the rest speaks: tables, recipe, identity, verdicts and errors."""
