"""How the fault-injecting server behaves, and what it remembers of every request."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

FAULTS = (
    *(
        "400",
        "401",
        "402",
        "403",
        "404",
        "408",
        "409",
        "425",
        "429",
        "429_date",
        "500",
        "502",
        "503",
    ),  # refusals, by status
    *("overflow", "filtered_400"),  # 400 as vLLM and as Azure say them
    *("quota", "moderated", "429_inf", "elsewhere"),  # 429, 403, 429, 307 as servers say them
    *("error_200", "quota_200"),  # an error in the place of the answer
    *("bom", "nan", "surrogate", "usage_text", "usage_float", "usage_huge", "finish_0"),  # odd 200
    *("drop", "reset", "hang"),  # no byte at all; half of the body; neither byte nor end
    *("truncated_json", "html", "wrong_shape", "no_choices"),  # 200, and not an answer
    *("empty", "content_filter", "length"),  # 200, a well-formed answer of no or half the use
)

ODD = ("bom", "nan", "surrogate", "usage_text", "usage_float", "usage_huge", "finish_0")
"""Good answers whose metadata are none."""


@dataclass(frozen=True)
class Behaviour:
    """Everything a test decides. The default answers at once, and never fails."""

    accuracy: float = 0.7
    """Share of right answers. Which seeds are right is fixed: `speaker.is_right`."""
    accuracies: Mapping[str, float] = field(default_factory=dict)
    """Share of right answers by question, as `2+3` (see `speaker.asked`)."""
    words: tuple[int, int] = (20, 60)
    """Filler words of a reasoning text, from and to."""
    dialect: str = "reasoning"
    """`reasoning`, `reasoning_content` (apart); `inline`, `prefilled` (in the content)."""
    says: Mapping[str, str] = field(default_factory=dict)
    """Answer to every prompt that contains the key: this, without reasoning."""
    canned: int | None = None
    """Answer everything with `speaker.canned(question, bytes)`, skipping all that costs time."""

    structured: str = "yes"
    """JSON schemas: `yes` obeys, `unsupported` refuses with 400, `ignored` answers in prose."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Values of properties of the schema, by name; the others are drawn."""
    invalid_first: int = 0
    """So many answers to each first user message, under a schema, are not valid JSON."""

    pace: float = 0.0
    """Seconds between two words of an answer that is streamed."""

    tokenizes: bool = True
    """Whether it has vLLM's /tokenize and /detokenize."""

    metrics: bool = True
    """Whether it has vLLM's /metrics."""

    delay: float = 0.0
    """Seconds before every answer."""
    rate: float | None = None
    """Tokens/s of one stream; None: no waiting."""
    total: float | None = None
    """Tokens/s of all streams together; None: no limit."""
    slots: int = 256
    """Streams at a time, the others wait (vLLM: max_num_seqs)."""
    cache: int = 65_536
    """Tokens in the KV cache; beyond it streams are preempted."""

    model: str = "teacher"
    """Another model gets 404."""
    key: str | None = None
    """Another bearer key gets 401."""
    context: int = 4096
    """Tokens of prompt and output. A longer prompt gets 400, a longer output is cut (as vLLM)."""
    in_flight: int | None = None
    """More requests at a time than this are refused with the fault `over`."""
    over: str = "429"
    healthy_after: float = 0.0
    """Seconds in which /health says 503."""
    dies_after: int | None = None
    """The process ends, with everything in flight, when it gets so many requests."""

    rates: Mapping[str, float] = field(default_factory=dict)
    """Probability of each fault, drawn from (body, attempt): asking again may help."""
    script: tuple[str | None, ...] = ()
    """The fault of the n-th request, before anything else; None is no fault."""
    poison: Mapping[str, str] = field(default_factory=dict)
    """Every prompt that contains the key gets this fault, always."""
    retry_after: float | None = 0.1
    """Seconds in the Retry-After of 429 and 503; `429_date` gives a date (whole seconds)."""

    def __post_init__(self) -> None:
        named = {*self.rates, *self.script, *self.poison.values(), self.over} - {None}
        if unknown := named - set(FAULTS):
            raise ValueError(f"unknown faults {unknown}; known: {', '.join(FAULTS)}")

    def to_json(self) -> str:
        """For another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`."""
        told = json.loads(text)
        for name in ("words", "script"):
            told[name] = tuple(told[name])
        return cls(**told)


@dataclass
class Received:
    """One request, noted when it arrives and completed when it is answered."""

    at: float
    """Unix seconds of its arrival."""
    path: str
    digest: str
    """Of the body: the same request again has the same."""
    attempt: int
    """How often this body has come, from 1."""
    seed: int | None = None
    question: str = ""
    """The last user message, or the prompt without what is to be continued."""
    cut: str = ""
    """What is to be continued."""
    body: dict[str, Any] = field(default_factory=dict)
    """Empty in the canned mode."""
    authorization: str | None = None
    fault: str | None = None
    status: int | None = None
    """None: not answered (yet), or the connection ended first."""
    finish: str | None = None
    tokens: int = 0
    """Tokens written, over all choices."""
    delivered: bool = False
    """The whole answer went into a connection that was still open."""
    seconds: float | None = None

    @property
    def completed(self) -> bool:
        """An answer worth its tokens reached the client: asking for it again is a loss."""
        return self.delivered and self.status == 200 and self.fault in (None, "length", *ODD)


def read_log(path: Path) -> list[Received]:
    """The log of a server that writes it to a file: what has been answered so far."""
    return [Received(**json.loads(line)) for line in path.read_text().splitlines()]
