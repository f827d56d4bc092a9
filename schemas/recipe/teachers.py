"""Teachers of a recipe: recordings that are replayed, and live models that are asked."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from schemas.recipe.samples import Draws, Samples
from schemas.rows import Rows, Strict


class Recorded(Rows):
    """Traces that exist already."""

    name: str = Field(description="stands in `teacher` where the recording names no model")
    recorded: str | None = Field(None, description="file, folder or glob of recorded traces")

    format: Literal["openai_batch", "verifiers", "inspect", "nemo_gym"] | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="rollouts that another tool saved, as it saves them",
    )
    requests: str | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="of openai_batch: the file that was uploaded, with what was asked",
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.recorded is None) == (self.hub is None):
            raise ValueError("a teacher needs either `recorded` or `hub`")
        if self.format and not self.recorded:
            raise ValueError("`format` is for files: say where they are in `recorded`")
        if (self.format == "openai_batch") != (self.requests is not None):
            raise ValueError("`requests` goes with `format: openai_batch`, and the other way round")
        return self


class Sampling(Strict):
    """How an answer is drawn. What is not set is not sent: the server's own default holds."""

    max_tokens: int = Field(16_384, ge=1, description="most tokens of one answer, reasoning too")
    max_completion_tokens: int | None = Field(
        None, ge=1, description="the same, for servers that want it under this name"
    )
    min_tokens: int | None = Field(None, ge=0, description="fewest tokens of one answer")
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    top_k: int | None = Field(None, ge=-1)
    min_p: float | None = Field(None, ge=0, le=1)
    presence_penalty: float | None = Field(None, ge=-2, le=2)
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    repetition_penalty: float | None = Field(None, gt=0, le=2)
    stop: list[str] | None = Field(None, description="texts that end the answer")
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high"] | None = None
    thinking_token_budget: int | None = Field(
        None, ge=0, description="vLLM: tokens of reasoning, after which the thought is closed"
    )
    chat_template_kwargs: dict[str, bool | int | str] | None = Field(
        None, description="arguments of the model's chat template, such as enable_thinking"
    )

    extra: dict[str, Any] | None = Field(
        None, description="further fields of a request, sent as they stand"
    )

    @model_validator(mode="after")
    def _nothing_twice(self) -> Self:
        own = {*Sampling.model_fields, *FIXED} & set(self.extra or {})
        if own:
            raise ValueError(f"`extra` holds {', '.join(sorted(own))}, which longcot sets itself")
        return self

    @property
    def limit(self) -> int:
        """Most tokens of one answer, under whichever name it is sent."""
        return self.max_completion_tokens or self.max_tokens

    def limited(self, tokens: int) -> dict[str, int]:
        """The field of a request that limits its answer to so many tokens."""
        return {"max_completion_tokens" if self.max_completion_tokens else "max_tokens": tokens}

    def sent(self) -> dict[str, Any]:
        """The sampling fields of a request. What is not set is not there, so a field that longcot
        learns to send later changes the key of no sample that was paid for without it.
        """
        own = {*Sampling.model_fields} - {"extra", "max_tokens", "max_completion_tokens"}
        fields = self.model_dump(include=own, exclude_none=True)
        return {**self.limited(self.limit), **fields, **(self.extra or {})}


FIXED = ("model", "messages", "prompt", "seed", "stream", "stream_options", "n", "response_format")
"""Fields of a request that follow from what is asked, and cannot stand in `extra`."""


class Managed(Strict):
    """A `vllm serve` that the build starts, watches and stops."""

    command: str | None = Field(
        None, description="how vLLM is called; default: `vllm` on PATH, else `uvx vllm`"
    )
    path: str | None = Field(
        None, description="folder or hub id of the weights; default: the teacher's `model`"
    )
    args: dict[str, bool | int | float | str | list[str]] = Field(
        {}, description="arguments of `vllm serve`, such as tensor_parallel_size: 2"
    )
    env: dict[str, str] = Field({}, description="environment variables of the server")
    restarts: int = Field(3, ge=0, description="how often it is started again when it dies")
    start_seconds: float = Field(
        1800, gt=0, description="how long it may load before it must be healthy"
    )


class Continue(Strict):
    """What to do with a trace that met its token limit: go on from where it was cut."""

    rounds: int = Field(1, ge=1, description="continuations per trace, at most")
    max_tokens: int | None = Field(
        None, ge=1, description="tokens of one continuation; default: the teacher's max_tokens"
    )


class Prices(Strict):
    """Money per million tokens, in whatever currency the user counts."""

    prompt: float = Field(0, ge=0)
    completion: float = Field(0, ge=0)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Listed = Annotated[
    list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str]), Field(min_length=1)
]


class Served(Strict):
    """A model and where it is served."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: str = Field(description="stands in the column `teacher`")
    model: str = Field(description="the model as the server calls it")
    endpoint: Listed | None = Field(
        None, description="base URL of an OpenAI-compatible server, or a list of replicas"
    )
    key_env: str | None = Field(
        None, description="environment variable that holds the API key; never written anywhere"
    )
    headers_env: dict[str, str] = Field(
        {}, description="further headers: name, and the environment variable that holds the value"
    )
    seed: Literal["none"] | None = Field(None, description="none: send no seed")
    stream: bool = Field(
        False, description="receive answers as they are written: an interrupted one is continued"
    )
    vllm: Managed | None = Field(None, description="serve the model with vLLM for this build")
    in_flight: int = Field(
        256, ge=1, description="requests in flight per replica where it has no vLLM metrics"
    )
    prices: Prices | None = None

    @model_validator(mode="after")
    def _one_server(self) -> Self:
        self.check_server()
        return self

    def check_server(self) -> None:
        """Raises ValueError unless it is said, well, where the model is served."""
        if (self.endpoint is None) == (self.vllm is None):
            raise ValueError("a live teacher needs either `endpoint` or `vllm`")
        for url in self.endpoint or []:
            if not url.startswith(("http://", "https://")):
                raise ValueError("`endpoint` is a URL that begins with http:// or https://")
            if "@" in url.split("/")[2]:
                raise ValueError("`endpoint` holds a password; name its variable in `key_env`")


class Asked(Sampling, Served):
    """A model that can be asked: where it is served and how its answers are drawn."""


class Live(Asked):
    """A teacher that is asked for traces."""

    prompt: Listed = Field(
        ["default"], description="prompt templates, by name or file; the draws take turns"
    )
    samples: Draws = Field(Samples(min=1, max=1), description="samples of each problem")
    continue_: Continue | None = Field(
        None, alias="continue", description="go on with traces that met max_tokens"
    )


RECORDED, LIVE = "recorded teacher", "live teacher"
"""Tags of the union; recipe_file.py reads them in the place of a complaint."""


def _kind(value: Any) -> str:
    keys = value if isinstance(value, dict) else vars(value)
    return LIVE if {"model", "endpoint", "vllm"} & set(keys) else RECORDED


Teacher = Annotated[
    Annotated[Recorded, Tag(RECORDED)] | Annotated[Live, Tag(LIVE)], Discriminator(_kind)
]

KINDS: dict[str, type[Strict]] = {RECORDED: Recorded, LIVE: Live}
