"""Prompt templates: YAML files of Jinja texts, rendered with the columns of a problem.

A chat template lists messages; a last `assistant` message is a prefill that the model goes on from
(an opened think tag, say). A completion template is one text, for base models. A template that
names `answer` or `solution` gives them away, and its rows are marked `hinted`.
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

import jinja2
import jinja2.meta
import jinja2.sandbox
import yaml
from pydantic import Field, ValidationError, model_validator

from schemas import yaml_text
from schemas.errors import TeacherError
from schemas.identity import digest
from schemas.rows import Strict

SHIPPED = Path(__file__).parents[2] / "data" / "prompts"

GIVEN_AWAY = {"answer", "solution"}

COLUMNS = [
    "problem",
    "options",
    "answer",
    "answer_kind",
    "tests",
    "solution",
    "domain",
    "level",
    "language",
]
"""Columns of a problem that a template may name."""

JINJA = jinja2.sandbox.ImmutableSandboxedEnvironment(
    undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False
)


class Message(Strict):
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class File(Strict):
    """What stands in a template's file."""

    description: str = Field(description="what it is for, and where it comes from")
    messages: list[Message] = Field([], description="a chat")
    completion: str | None = Field(None, description="instead of `messages`: for base models")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if bool(self.messages) == (self.completion is not None):
            raise ValueError("a template has either `messages` or `completion`")
        if self.messages and not any(m.role == "user" for m in self.messages):
            raise ValueError("`messages` need one of the role user")
        return self


class Template:
    """A template ready to render. `label` is its name @ the hash of its text."""

    def __init__(self, name: str, file: File) -> None:
        self.file = file
        self.texts = [m.content for m in file.messages] or [file.completion or ""]
        self.label = f"{name}@{digest(file.model_dump(exclude={'description'}))[:8]}"
        self.compiled = [JINJA.from_string(text) for text in self.texts]
        self.names = set().union(
            *(jinja2.meta.find_undeclared_variables(JINJA.parse(text)) for text in self.texts)
        )
        self.hinted = bool(self.names & GIVEN_AWAY)

    @property
    def prefill(self) -> bool:
        """Whether the last message is the assistant's, to be gone on from."""
        return bool(self.file.messages) and self.file.messages[-1].role == "assistant"

    def lacks(self, row: dict[str, Any]) -> bool:
        """Whether the row has nothing that this template could give away."""
        return any(row[name] is None for name in self.names & GIVEN_AWAY)

    def body(self, row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Path and body of the request for a row. Raises TeacherError where a value is missing."""
        try:
            texts = [compiled.render(row) for compiled in self.compiled]
        except jinja2.TemplateError as error:
            raise TeacherError(f"prompt {self.label}: {error}") from None
        if self.file.completion is not None:
            return "completions", {"prompt": texts[0]}
        messages = [
            {"role": message.role, "content": text}
            for message, text in zip(self.file.messages, texts, strict=True)
        ]
        more = {"add_generation_prompt": False, "continue_final_message": True}
        return "chat/completions", {"messages": messages, **(more if self.prefill else {})}

    def prefix(self, row: dict[str, Any]) -> str:
        """What the prefill puts before the answer; empty where there is none."""
        return self.compiled[-1].render(row) if self.prefill else ""


@cache
def load(name: str, base: Path, columns: frozenset[str] | None = frozenset(COLUMNS)) -> Template:
    """A template by its file (relative to the recipe's folder) or the name of a shipped one.

    columns: what it may name; None: that is checked elsewhere. Raises TeacherError naming the file
    and what is wrong with it.
    """
    path, shipped = base / name, SHIPPED / f"{name}.yaml"
    if not path.is_file():
        path = shipped
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in SHIPPED.glob("*.yaml")))
        raise TeacherError(
            f"prompt {name}: no such file and no shipped template (shipped: {known})"
        )
    try:
        content = yaml_text.load(path.read_text("utf-8"))
        template = Template(Path(name).stem, File.model_validate(content))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise TeacherError(f"{path}: {place}: {first['msg']}") from None
    except (yaml.YAMLError, OSError, UnicodeDecodeError, jinja2.TemplateSyntaxError) as error:
        raise TeacherError(f"{path}: not a prompt template: {error}") from None
    if columns is not None and (unknown := template.names - columns):
        raise TeacherError(
            f"{path}: names {', '.join(sorted(unknown))}, which no row has; "
            f"there are {', '.join(sorted(columns))}"
        )
    return template
