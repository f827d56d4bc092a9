"""A position in a list of tokens, and the moves that the parser makes on it."""

from collections.abc import Callable
from dataclasses import dataclass

from verifiers.math.parsing.lexer import Token
from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError

DEEPEST = 40  # nested brackets and arguments: honest answers stay below ten
_END = Token("end", "")


@dataclass
class Cursor:
    """`bars` counts the open absolute values, where a `|` closes instead of opening.

    `product` is the parser's level of products, which the body of a sum or a limit is read by.
    """

    tokens: list[Token]
    product: Callable[["Cursor"], Node]
    at: int = 0
    depth: int = 0
    bars: int = 0

    def peek(self, ahead: int = 0) -> Token:
        """The next token, or the end mark."""
        index = self.at + ahead
        return self.tokens[index] if 0 <= index < len(self.tokens) else _END

    def take(self) -> Token:
        """The next token, which is consumed."""
        token = self.peek()
        self.at += 1
        return token

    def skip(self, *texts: str) -> str | None:
        """Consume the next token if it is one of these operators; its text, or None."""
        token = self.peek()
        if token.kind == "op" and token.text in texts:
            self.at += 1
            return token.text
        return None

    def expect(self, *texts: str) -> str:
        """Like `skip`, but UnreadableError when another token stands here."""
        found = self.skip(*texts)
        if found is None:
            raise UnreadableError(f"expected {texts}, found {self.peek().text!r}")
        return found

    def split(self, size: int) -> None:
        """Cut the number at the cursor after `size` characters, as TeX does in `\\frac12`."""
        token = self.tokens[self.at]
        self.tokens[self.at : self.at + 1] = [
            Token("num", token.text[:size]),
            Token("num", token.text[size:]),
        ]

    def enter(self) -> None:
        """One level deeper; TooBigError beyond `DEEPEST`."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooBigError(f"more than {DEEPEST} levels")

    def leave(self) -> None:
        """One level up."""
        self.depth -= 1
