"""The types that a recipe gives to what a model, a file or a program says: columns of the pool.

    answer: {clear: bool, level: {int: [1, 5]}, kind: {enum: [proof, value]}, note: text,
             steps: {list: {claim: text, holds: bool}}}

One declaration becomes the form that an answer must have and the type of its column.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

if TYPE_CHECKING:  # a recipe is read without pyarrow
    import pyarrow as pa

PLAIN = ("bool", "int", "float", "text")
"""Types that are a word."""

WIDEST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps."""

FIELD = r"^[a-z][a-z0-9_]*$"
"""A name that SQL reads without quotes, such as `level` or `step_2`."""


def _checked(told: Any) -> Any:
    """A type as it stands in a recipe. Raises ValueError saying what it may be."""
    match _parts(told):
        case (word, None) if word in PLAIN:
            return told
        case ("int" | "float", [int() | float() as low, int() | float() as high]) if low <= high:
            return told
        case ("enum", [_, *_] as words) if all(isinstance(word, str) for word in words):
            return told
        case ("list", dict() as record) if len(record) > 1 or _parts(record) is None:
            return {"list": {name: _checked(kind) for name, kind in record.items()}}
        case ("list", inner) if inner is not None:
            return {"list": _checked(inner)}
    raise ValueError(
        f"{told!r:.80} is no type; a type is {', '.join(PLAIN)}, {{int: [1, 5]}}, "
        "{float: [0, 1]}, {enum: [a, b]}, {list: text} or {list: {field: type}}"
    )


def _parts(told: Any) -> tuple[str, Any] | None:
    """The word of a type and its argument; None for a record or what is no type.

    >>> _parts("bool"), _parts({"int": [1, 5]}), _parts({"claim": "text"})
    (('bool', None), ('int', [1, 5]), None)
    """
    if isinstance(told, str):
        return told, None
    if isinstance(told, dict) and len(told) == 1:
        word, argument = next(iter(told.items()))
        return (word, argument) if word in ("int", "float", "enum", "list") else None
    return None


AnswerType = Annotated[Any, AfterValidator(_checked)]
"""`bool`, `int`, `float`, `text`, `{int: [low, high]}`, `{float: [low, high]}`, `{enum: [...]}`,
`{list: type}` or `{list: {field: type}}`."""

AnswerTypes = dict[Annotated[str, Field(pattern=FIELD)], AnswerType]
"""Fields by name with their types."""


def form(types: Mapping[str, Any]) -> type[BaseModel]:
    """The model that an answer with these fields is checked by; it refuses other fields."""
    fields: Any = {name: (_python(kind), ...) for name, kind in types.items()}
    return create_model("Answer", __config__=ConfigDict(extra="forbid"), **fields)


def _python(kind: Any) -> Any:
    match _parts(kind):
        case None:
            return form(kind)
        case ("bool", _):
            return bool
        case ("int", limits):
            low, high = limits or (-WIDEST, WIDEST)
            return Annotated[int, Field(ge=low, le=high)]
        case ("float", limits):
            low, high = limits or (None, None)
            return Annotated[float, Field(ge=low, le=high, allow_inf_nan=False)]
        case ("enum", words):
            return Literal[tuple(words)]
        case ("list", inner):
            return list[_python(inner)]  # type: ignore[misc]
    return str


def arrow(kind: Any) -> "pa.DataType":
    """The type of a column that holds such values; fields by name are a struct."""
    import pyarrow as pa

    match _parts(kind):
        case None:
            return pa.struct([pa.field(name, arrow(inner)) for name, inner in kind.items()])
        case ("bool", _):
            return pa.bool_()
        case ("int", _):
            return pa.int64()
        case ("float", _):
            return pa.float64()
        case ("list", inner):
            return pa.list_(arrow(inner))
    return pa.large_string()
