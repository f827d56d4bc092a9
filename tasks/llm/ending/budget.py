"""The budget of a build: what was spent, and whether any more may be bought.

What was spent before is told by the pool (tasks/generation/spent.py); while a build runs, every
answer adds to it. Once it is spent nobody sends a request; what is in flight then is received and
counted, so that it may be exceeded by that much.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from schemas.recipe.buying import Budget
from schemas.recipe.teachers import Asked

FAILURE = "budget"
"""Why an answer is missing that was not bought."""


class NotBought(Exception):
    """The budget was spent before a request was sent."""


class Spent(NamedTuple):
    """Tokens of prompts and completions, and money by the recipe's prices (0 where it has none)."""

    tokens: int = 0
    money: float = 0.0

    def more(self, asked: Asked | None, prompt: int | None, completion: int | None) -> "Spent":
        """With one more answer."""
        read, written, prices = prompt or 0, completion or 0, asked.prices if asked else None
        cost = (read * prices.prompt + written * prices.completion) / 1e6 if prices else 0.0
        return Spent(self.tokens + read + written, self.money + cost)


_lock = threading.Lock()
_limit: Budget | None = None
_spent = Spent()


@contextmanager
def kept(limit: Budget | None, spent: Spent) -> Iterator[None]:
    """While this is open, this process keeps to a budget of which so much is spent."""
    global _limit, _spent  # noqa: PLW0603 - engines run in threads of their own, as in `stop`
    with _lock:
        _limit, _spent = limit, spent
    try:
        yield
    finally:
        with _lock:
            _limit = None


def count(asked: Asked, prompt: int | None, completion: int | None) -> None:
    """Add an answer that came."""
    global _spent  # noqa: PLW0603
    with _lock:
        _spent = _spent.more(asked, prompt, completion)


def reached() -> bool:
    """Whether nothing more may be bought."""
    limit, spent = _limit, _spent
    if limit is None:
        return False
    over = limit.tokens is not None and spent.tokens >= limit.tokens
    return over or (limit.money is not None and spent.money >= limit.money)


def state() -> dict[str, Any] | None:
    """The budget, what of it is spent, and whether it is reached; None where there is none."""
    limit, spent = _limit, _spent
    if limit is None:
        return None
    told = {"tokens": spent.tokens, "money": round(spent.money, 6)}
    return {"limit": limit.model_dump(exclude_none=True), "spent": told, "reached": reached()}


def told() -> str | None:
    """How a budget stands, as a person reads it; None where there is none."""
    if _limit is None:
        return None
    parts = []
    if _limit.tokens is not None:
        parts.append(f"{_spent.tokens:,} of {_limit.tokens:,.0f} tokens")
    if _limit.money is not None:
        parts.append(f"{_spent.money:,.2f} of {_limit.money:,.2f} (money)")
    end = "; it is spent, so nothing more is bought: raise it to go on" if reached() else ""
    return f"budget: {' and '.join(parts)}{end}"
