"""Kinds of answers, one module each: how such an answer is found, compared and audited."""
