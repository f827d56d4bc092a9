"""A formula as a tree. Precedence: not and quantifiers, and, xor, or, implies (to the right), iff.

A quantifier reaches as far as a negation does, and to the end of the bracket where a dot or a colon
follows its variable. Nothing is evaluated; length and nesting are bounded.
"""

from functools import lru_cache

from verifiers.kinds.logic.lexer import tokens
from verifiers.kinds.logic.syntax import FALSE, TRUE, Formula, names, negation
from verifiers.math.parsing.tree import TooBigError, UnreadableError

DEEPEST = 60
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_VARIABLES = ("x", "y", "z", "u", "v", "w")  # also before a bracket: `∀x y (R(x, y))`
_ALGEBRA = ("+", "'", "·", "⋅", "*", r"\cdot")


@lru_cache(maxsize=4096)
def parse(text: str, algebra: bool = False) -> Formula:
    """The formula that `text` is.

    `algebra`: read `AB` as the product of A and B, as Boolean algebra does. Raises
    UnreadableError for a text that is no formula, TooBigError beyond the limits.
    """
    reader = _Reader(tokens(_without_name(text)), algebra)
    formula = reader.formula()
    if reader.at < len(reader.tokens):
        raise UnreadableError(f"after the formula: {reader.tokens[reader.at][1]}")
    return formula


def parse_both(first: str, second: str) -> tuple[Formula | None, Formula | None]:
    """Two formulas that share their notation; None for one that cannot be read.

    Where one is written as Boolean algebra (`A'B + C`), `AB` is a product in the other, too.
    """
    algebra = any(sign in text for text in (first, second) for sign in (*_ALGEBRA, r"\overline"))
    found = [_unless_unreadable(text, algebra) for text in (first, second)]
    if not algebra and all(found):
        single = [{name for name in names(f) if len(name) == 1} for f in found if f]
        if single[0] != single[1]:  # `AB` against `A & B`
            products = [_unless_unreadable(text, True) for text in (first, second)]
            if all(products) and names(products[0] or TRUE) == names(products[1] or TRUE):
                found = products
    return found[0], found[1]


def parse_or_none(text: str) -> Formula | None:
    """The formula that `text` is; None where it is none or too big."""
    try:
        return parse(text)
    except (UnreadableError, TooBigError):
        return None


def _unless_unreadable(text: str, algebra: bool) -> Formula | None:
    try:
        return parse(text, algebra)
    except UnreadableError:
        return None


def _without_name(text: str) -> str:
    """`F = A + B` without `F =`: a capital name before the only equals sign."""
    head, sign, rest = text.partition("=")
    bare = head.strip(" $:")
    plain = bare.isalpha() and bare.isupper() and len(bare) <= 3 and rest[:1] not in ("=", ">")
    return rest if sign and plain and "=" not in rest else text


def _letters(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The tokens with `AB` as A and B."""
    return [
        (kind, letter)
        for kind, text in found
        for letter in (text if kind == "name" and text.isalpha() else (text,))
    ]


class _Reader:
    """A cursor over the tokens of one formula."""

    def __init__(self, found: list[tuple[str, str]], algebra: bool) -> None:
        self.quantified = any(kind in ("all", "some") for kind, _ in found)
        self.algebra = algebra and not self.quantified
        self.tokens = _letters(found) if self.algebra else found
        self.at = 0
        self.depth = 0
        self.bound: list[str] = []

    def peek(self, ahead: int = 0) -> str:
        """The kind of a token to come; "" behind the last."""
        index = self.at + ahead
        return self.tokens[index][0] if index < len(self.tokens) else ""

    def take(self) -> str:
        """The next token's text."""
        if self.at >= len(self.tokens):
            raise UnreadableError("the formula ends too early")
        self.at += 1
        return self.tokens[self.at - 1][1]

    def expect(self, kind: str) -> None:
        """Pass a token of this kind."""
        if self.peek() != kind:
            raise UnreadableError(f"{kind} is missing")
        self.at += 1

    def formula(self) -> Formula:
        """Everything up to a closing bracket, a comma or the end."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooBigError("nesting")
        left = self.implication()
        while self.peek() == "iff":
            self.take()
            left = Formula("iff", (left, self.implication()))
        self.depth -= 1
        return left

    def implication(self) -> Formula:
        """`a -> b -> c` is `a -> (b -> c)`."""
        chain = [self.chain("or")]
        signs = []
        while self.peek() in ("if", "because"):
            signs.append(self.peek())
            self.take()
            chain.append(self.chain("or"))
        right = chain.pop()
        for left, sign in zip(reversed(chain), reversed(signs), strict=True):
            right = Formula("if", (left, right) if sign == "if" else (right, left))
        return right

    def chain(self, kind: str) -> Formula:
        """Operands of one strength: "or" binds weaker than "xor", and that than "and"."""
        below = {"or": "xor", "xor": "and"}.get(kind)
        denial = {"or": "nor", "and": "nand"}.get(kind)
        parts = [self.chain(below) if below else self.operand()]
        while True:
            if self.peek() == kind:
                self.take()
            elif denial and self.peek() == denial:
                self.take()
                right = self.chain(below) if below else self.operand()
                parts = [negation(Formula(kind, (_joined(kind, parts), right)))]
                continue
            elif not (kind == "and" and self._product()):
                return _joined(kind, parts)
            parts.append(self.chain(below) if below else self.operand())

    def _product(self) -> bool:
        """Whether two operands stand side by side as in `A'B` or `A(B + C)`."""
        return self.algebra and self.peek() in ("name", "(", "[", "bar", "not")

    def operand(self) -> Formula:
        """A negation, a quantified formula or an atom, with any `'` behind it."""
        denials = 0
        while self.peek() == "not":
            self.take()
            denials += 1
        if self.peek() in ("all", "some"):
            found = self.quantified_formula()
        else:
            found = self.atom()
            while self.peek() == "'":
                self.take()
                found = negation(found)
        return negation(found) if denials % 2 else found

    def quantified_formula(self) -> Formula:
        """`∀x P(x)`, `∀x, y: P(x, y)`, `∃!x. P(x)`, `∀x ∈ S (P(x))`."""
        kind = self.peek()
        self.take()
        if kind == "some" and self.peek() == "not" and self.tokens[self.at][1] == "!":
            self.take()
            kind = "one"
        variables = [self.variable()]
        while self._another(comma := int(self.peek() == ",")):
            self.at += comma
            variables.append(self.variable())
        within = None
        if self.peek() == "in":
            self.take()
            within = self.take()
        wide = self.peek() in (".", ":")
        if wide or self.peek() == ",":
            self.take()
        self.bound += variables
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooBigError("nesting")
        body = self.formula() if wide else self.operand()
        self.depth -= 1
        del self.bound[-len(variables) :]
        for variable in reversed(variables):
            if within:
                member = Formula("atom", (within, ((variable, ()),)))
                body = Formula("if" if kind == "all" else "and", (member, body))
            body = Formula(kind, (variable, body))
        return body

    def variable(self) -> str:
        """The name behind a quantifier."""
        if self.peek() != "name":
            raise UnreadableError("a quantifier without a variable")
        return self.take()

    def _another(self, ahead: int) -> bool:
        """Whether one more variable follows: `∀x y P(x, y)`, or `ahead` of it a comma."""
        if self.peek(ahead) != "name" or self.peek(ahead + 1) in ("eq", "ne"):
            return False
        text = self.tokens[self.at + ahead][1]
        called = self.peek(ahead + 1) == "("
        return text in _VARIABLES or (len(text) == 1 and text.islower() and not called)

    def atom(self) -> Formula:
        """A constant, a bracket, a proposition, a predicate or an equation."""
        kind = self.peek()
        if kind == "bar":
            self.take()
            found = negation(self.bracket() if self.peek() == "{" else self.atom())
        elif kind in _CLOSING:
            found = self.bracket()
        elif kind in ("true", "false", "digit"):
            text = self.take()
            if kind == "digit" and text not in "01":
                raise UnreadableError(f"a number in a formula: {text}")
            found = TRUE if kind == "true" or text == "1" else FALSE
        elif kind == "name":
            found = self.named()
        else:
            raise UnreadableError(f"no operand: {kind or 'the end'}")
        return found

    def bracket(self) -> Formula:
        """A formula in brackets."""
        closing = _CLOSING[self.peek()]
        self.take()
        found = self.formula()
        self.expect(closing)
        return found

    def named(self) -> Formula:
        """A proposition, a predicate with its terms, `Rxy`, `x = y`, `x ∈ S`."""
        before = self.at
        name = self.take()
        if self.peek() == "(" and not self.algebra:
            self.at = before
            name, terms = self.term()
        else:
            terms = ()
        if self.peek() in ("eq", "ne", "in"):
            sign = self.peek()
            self.take()
            other = self.term()
            if sign == "in":
                return Formula("atom", (other[0], ((name, terms),)))
            found = Formula("eq", ((name, terms), other))
            return found if sign == "eq" else negation(found)
        tail = name[1:]
        juxtaposed = not terms and name[0].isupper() and tail.isalpha() and tail.islower()
        if juxtaposed and any(letter in self.bound for letter in tail):  # `Rxy`
            return Formula("atom", (name[0], tuple((letter, ()) for letter in tail)))
        return Formula("atom", (name, terms))

    def term(self) -> tuple[str, tuple[object, ...]]:
        """A name, with terms in round brackets where it is a function or a predicate."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooBigError("nesting")
        if self.peek() not in ("name", "digit"):
            raise UnreadableError("a term is missing")
        name = self.take()
        terms = []
        if self.peek() == "(":
            self.take()
            terms.append(self.term())
            while self.peek() == ",":
                self.take()
                terms.append(self.term())
            self.expect(")")
        self.depth -= 1
        return name, tuple(terms)


def _joined(kind: str, found: list[Formula]) -> Formula:
    return found[0] if len(found) == 1 else Formula(kind, tuple(found))
