"""How long a request will be, before it is sent: its place in the cache is kept by this."""

CHARACTERS = 3.5
"""Characters per token of a prompt, for the estimate of its place in the cache."""


class Lengths:
    """Expected completion tokens of the next draw of a problem, learned as the run goes."""

    WEIGHT = 8
    """How many traces the first guess counts as."""

    def __init__(self, max_tokens: int) -> None:
        self.most = max_tokens
        self.total, self.count = self.WEIGHT * max_tokens / 4, float(self.WEIGHT)

    def learn(self, tokens: int) -> None:
        """Count a finished trace."""
        self.total += tokens
        self.count += 1

    def expected(self, siblings: list[int]) -> float:
        """The mean of all traces, drawn towards those of the same problem as they are more."""
        mean = self.total / self.count
        return min(self.most, (mean + sum(siblings)) / (1 + len(siblings)))
