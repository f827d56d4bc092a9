"""Units of measure: a factor and a dimension each; products, quotients and powers of them."""

import re
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, NamedTuple

from verifiers.math.quantities.unit_names import NAMES, OWN


class Unit(NamedTuple):
    """`factor` and `offset` turn a value into base units; `dimension` lists (base, exponent)."""

    factor: Fraction
    dimension: tuple[tuple[str, int], ...]
    offset: Fraction = Fraction(0)


# unit = [number] base units; one line a unit, its names first.
_TABLE = """
m meter meters metre metres = m
in inch inches = 0.0254 m
ft foot feet = 0.3048 m
yd yard yards = 0.9144 m
mi mile miles = 1609.344 m
g gram grams gm = 0.001 kg
t ton tons tonne tonnes = 1000 kg
lb lbs pound pounds = 0.45359237 kg
oz ounce ounces = 0.028349523125 kg
s sec secs second seconds = s
min mins minute minutes = 60 s
h hr hrs hour hours = 3600 s
day days = 86400 s
week weeks = 604800 s
month months = month
year years yr yrs = 12 month
A amp amps ampere amperes = A
K kelvin kelvins = K
mol mole moles = mol
N newton newtons = kg m s-2
Nm = kg m2 s-2
J joule joules = kg m2 s-2
W watt watts = kg m2 s-3
V volt volts = kg m2 s-3 A-1
C coulomb coulombs = A s
F farad farads = kg-1 m-2 s4 A2
Ohm ohm ohms \\Omega = kg m2 s-3 A-2
Pa pascal pascals = kg m-1 s-2
mmHg Torr torr = 101325/760 kg m-1 s-2
atm = 101325 kg m-1 s-2
bar bars = 100000 kg m-1 s-2
Hz hertz = s-1
T tesla = kg s-2 A-1
eV = 0.0000000000000000001602176634 kg m2 s-2
Wh = 3600 kg m2 s-2
cal calorie calories = 4.184 kg m2 s-2
L l liter liters litre litres = 0.001 m3
gal gallon gallons = 0.003785411784 m3
cc = 0.000001 m3
acre acres = 4046.8564224 m2
hectare hectares ha = 10000 m2
mph = 0.44704 m s-1
kph kmh = 0.2777777777777777777777777778 m s-1
B byte bytes = 8 bit
KiB kibibyte kibibytes = 8192 bit
MiB mebibyte mebibytes = 8388608 bit
GiB gibibyte gibibytes = 8589934592 bit
bit bits = bit
degree degrees deg \\deg = deg
rad rads radian radians = rad
dollar dollars \\usd usd USD buck bucks = usd
cent cents ¢ = 0.01 usd
€ euro euros EUR = eur
£ GBP = gbp
¥ yen yuan = yen
₹ rupee rupees Rs = inr
percent percentage pct = 0.01
unit units = unit
"""
_PREFIXES = {"k": 3, "M": 6, "G": 9, "T": 12, "c": -2, "m": -3, "n": -9, "p": -12, "d": -1,
             "\\mu": -6, "u": -6, "kilo": 3, "mega": 6, "giga": 9, "centi": -2, "milli": -3,
             "micro": -6, "nano": -9}  # fmt: skip
_PREFIXED = ("m", "g", "s", "A", "mol", "N", "J", "W", "V", "C", "F", "Ohm", "ohm", "ohms",
             "\\Omega", "Pa", "Hz", "T", "eV", "cal", "L", "l", "B", "meter", "meters", "metre",
             "metres", "gram", "grams", "liter", "liters", "litre", "litres", "joule", "joules",
             "watt", "watts", "volt", "volts", "newtons", "seconds", "second", "bytes",
             "calories", "Wh", "M", "b", "rev")  # fmt: skip
_SQUARES = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_PIECE = re.compile(
    r"(?P<name>(?:\\mu ?)?(?:[kMGm]?\\Omega|\\(?:deg|usd)|[^\W\d_]+|[¢€£¥₹₽₩]))"
    r"(?:\s*\^\s*\{?(?P<power>-?\d)\}?|(?P<bare>-?\d))?"
)
_QUOTIENT = re.compile(  # `\frac{m}{s}`; other single letters are variables
    r"\\frac\s*\{\s*([A-Za-z]{2,}|m)\s*\}\s*\{\s*((?:[A-Za-z]{2,}|s|h)(?:\s*\^\s*\{?\d\}?)?)\s*\}"
)
_RAISED = re.compile(r"(?<=\w) (squared|cubed)\b")
_SCRIPTED_SQUARES = {"平方": "square ", "立方": "cubic ", "кв": "square ", "куб": "cubic ",
                     "제곱": "square ", "세제곱": "cubic ", "每": "/"}  # fmt: skip
_SCRIPTED = re.compile(r"(平方|立方|每|세제곱|제곱|кв(?=[. ])|куб(?=[. ]))\.?")
_PLAIN = re.compile(r"\\word\{([^{}]*)\}")


@lru_cache(maxsize=4096)
def read_unit(text: str) -> Unit | None:
    r"""The unit that `text` names, such as `kg m/s^2`, `\word{cm}^2`, `miles per hour`; else None.

    After the first "/" or "per" everything divides, as people mean `J/kg K`.
    """
    text = _PLAIN.sub(r" \1 ", text).replace("\\cdot", " ").replace("*", " ")
    text = _QUOTIENT.sub(r"\1/\2", re.sub(r"\\mu\s*", r"\\mu ", text))
    text = re.sub(r"\bnautical miles?\b", "nmi", re.sub(r"\blight[ -]?years?\b", "ly", text))
    text = _RAISED.sub(lambda m: "^2" if m[1] == "squared" else "^3", text)
    text = _SCRIPTED.sub(lambda m: _SCRIPTED_SQUARES[m[1]], text)
    text = re.sub(r"\bper\b", "/", text).replace(".", " ").strip()
    temperature = _TEMPERATURES.get(text.replace(" ", ""))
    if temperature:
        return temperature
    factor, dimension = Fraction(1), dict[str, int]()
    sign, next_power, at, seen = 1, 1, 0, False
    while at < len(text):
        if text[at] == "/" and seen:
            sign, at = -1, at + 1
            continue
        if text[at].isspace() or text[at] in "{}()":
            at += 1
            continue
        match = _PIECE.match(text, at)
        if not match:
            return None
        at = match.end()
        name = match["name"].replace("\\mu ", "\\mu")
        if name in _SQUARES:
            next_power = _SQUARES[name]
            continue
        unit = _simple(name)
        if unit is None:
            return None
        power = sign * next_power * int(match["power"] or match["bare"] or 1)
        factor *= unit.factor**power
        for base, exponent in unit.dimension:
            dimension[base] = dimension.get(base, 0) + power * exponent
        next_power, seen = 1, True
    kept = tuple(sorted((base, n) for base, n in dimension.items() if n))
    return Unit(factor, kept) if seen else None


def plain_unit(word: str) -> Unit | None:
    """The unit of the table that a word of two letters or more names, without asking pint."""
    return _UNITS.get(word) if len(word) > 1 else None


def _simple(name: str) -> Unit | None:
    if name in _UNITS:
        return _UNITS[name]
    if name in _NAMED:
        return _simple(_NAMED[name])
    if name in _OWN:
        return _OWN[name]
    if name.lower() in _UNITS and len(name) > 3:
        return _UNITS[name.lower()]
    for prefix, exponent in _PREFIXES.items():
        rest = name[len(prefix) :]
        if name.startswith(prefix) and rest in _PREFIXED:
            unit = _UNITS.get(rest) or _simple(rest)
            assert unit
            return Unit(unit.factor * Fraction(10) ** exponent, unit.dimension)
    return _simple(_SHOUTED[name]) if name in _SHOUTED else _rare(name)


def _rare(name: str) -> Unit | None:
    """A unit that this module does not list, as pint defines it.

    Prefixes are not taken off (pint reads "cats" as centi-atmospheres), constants and angles are
    no units here, and of the short names only those that nothing else means are asked for.
    """
    asked = name in _SHORT_RARE or (len(name) > 2 and name.isascii())
    if not asked or name in _NO_UNITS:
        return None
    registry = _registry()
    whole = [unit for prefix, unit, _ in registry.parse_unit_name(name) if not prefix]
    if not whole or whole[0] in _NO_UNITS:
        return None
    factor = registry.get_base_units(whole[0])[0]
    dimension = registry.get_dimensionality(whole[0])
    if not isinstance(factor, Fraction | int) or not dimension or set(dimension) - set(_PINT_BASES):
        return None
    bases = sorted((_PINT_BASES[base], int(power)) for base, power in dimension.items())
    return Unit(Fraction(factor), tuple(bases))


def preload() -> None:
    """Load pint, so that a forked worker need not."""
    _registry().parse_unit_name("furlong")


@cache
def _registry() -> Any:
    """pint's registry with exact factors; half a second that only a rare unit costs."""
    import pint

    return pint.UnitRegistry(non_int_type=Fraction)


def _units(table: str) -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for line in table.strip().split("\n"):
        names, _, definition = line.partition(" = ")
        words = definition.split()
        factor = Fraction(words.pop(0)) if words[0][0].isdigit() else Fraction(1)
        bases = [re.fullmatch(r"([a-zA-Z]+)(-?\d)?", word) for word in words]
        dimension = tuple(sorted((m[1], int(m[2] or 1)) for m in bases if m))
        found |= {name: Unit(factor, dimension) for name in names.split()}
    return found


_UNITS = _units(_TABLE)
_UNITS["kmh"] = _UNITS["kph"] = Unit(Fraction(1000, 3600), _UNITS["mph"].dimension)
_NAMED = {
    name: unit
    for unit, _, names in (line.partition(" = ") for line in NAMES.strip().split("\n"))
    for name in names.split()
}
_OWN = _units(OWN)
_SHOUTED = {"KM": "km", "Km": "km", "CM": "cm", "Cm": "cm", "MM": "mm", "KG": "kg", "Kg": "kg",
            "KPH": "kph", "MPH": "mph"}  # fmt: skip
_SHORT_RARE = frozenset(
    ["hp", "ly", "Wb", "pc", "Gy", "Sv", "Bq", "lm", "lx", "cd", "qt", "kn", "Å"]
)
_NO_UNITS = frozenset(
    "and for the all not are with sqrt sin cos tan log exp max gcd lcm mod "
    "point box count particle dot pixel hand drop bag".split()
)
_PINT_BASES = {"[length]": "m", "[mass]": "kg", "[time]": "s", "[current]": "A",
               "[temperature]": "K", "[substance]": "mol", "[luminosity]": "cd"}  # fmt: skip
_KELVIN = (("K", 1),)
_CELSIUS = Unit(Fraction(1), _KELVIN, Fraction(27315, 100))
_FAHRENHEIT = Unit(Fraction(5, 9), _KELVIN, Fraction(45967, 100))
_TEMPERATURES = {
    **dict.fromkeys(
        ("\\degC", "degC", "celsius", "degreescelsius", "Celsius", "degreesCelsius"), _CELSIUS
    ),
    **dict.fromkeys(
        ("\\degF", "degF", "fahrenheit", "degreesfahrenheit", "Fahrenheit", "degreesFahrenheit"),
        _FAHRENHEIT,
    ),
}
