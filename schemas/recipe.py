"""The recipe: what to build, as pydantic models. Unknown keys are refused."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from schemas.identity import digest
from schemas.questions import DedupeSemantic, Judge, Rate
from schemas.rows import Rows, Strict
from schemas.teachers import Teacher
from schemas.view_format import FORMATS, Format, enumerate_formats, known


class Source(Rows):
    """A source of problems."""

    name: str | None = Field(None, description="default: the file's name or the hub id")
    path: str | None = Field(
        None, description="file, folder or glob, relative to the recipe: Parquet, JSONL, CSV"
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.path is None) == (self.hub is None):
            raise ValueError("a source needs either `path` or `hub`")
        return self


Check = Literal["proof", "figure", "multi_part", "conflicting_gold", "gold"]


class Screen(Strict):
    """Which problems to set aside before a token is bought."""

    checks: list[Check] = Field(
        ["proof", "figure", "multi_part", "conflicting_gold", "gold"],
        description="`gold` asks the verifier to accept the problem's own answer",
    )


class Near(Strict):
    """When two texts are near-duplicates. Equal texts (but for case and spacing) always are."""

    threshold: float = Field(
        0.8, gt=0, le=1, description="Jaccard similarity of shingles; 1: equal texts only"
    )
    recall: float = Field(
        0.995, gt=0, lt=1, description="share of the pairs at the threshold that must be found"
    )
    shingles: Literal["word", "char"] = Field("word", description="what a shingle is made of")
    n: int | None = Field(
        None, ge=1, le=64, description="units of a shingle; default: 3 words or 12 characters"
    )


class Dedupe(Near):
    """Set aside near-duplicates among the problems."""

    mode: Literal["problem", "template", "text"] = Field(
        "problem",
        description="problem: other numbers, operators or answers are another problem; "
        "template: numbers are masked; text: nothing but the shingles counts",
    )


class DedupeTraces(Near):
    """Mark near-duplicates among the traces of a problem."""


Decision = Literal["drop", "review", "keep"]


class Bounds(Strict):
    """Scores from which a hit is dropped, or left in and listed for review."""

    drop: float = Field(ge=0, le=1)
    review: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.review > self.drop:
            raise ValueError("`review` must not be above `drop`")
        return self


class Decontaminate(Strict):
    """Set aside problems that a benchmark has, with the evidence."""

    benchmarks: list[str] = Field(
        min_length=1,
        description="names of shipped declarations, or files: a declaration (YAML) or the items",
    )
    n: int = Field(5, ge=1, le=64, description="length of an n-gram, in tokens")
    ngram: Bounds = Field(
        Bounds(drop=0.6, review=0.5), description="share of the item's n-grams, weighted by rarity"
    )
    fuzzy: Bounds = Field(
        Bounds(drop=0.92, review=0.9), description="edit similarity, numbers masked"
    )
    words: float = Field(
        0.6, ge=0, le=1, description="same numbers: share of common words of a paraphrase"
    )
    variant: Decision = Field("drop", description="at most this for the text with other numbers")
    paraphrase: Decision = Field(
        "drop", description="at most this for other words; review where an answer is not known"
    )
    scan: list[Literal["problem", "solution", "reasoning", "response"]] = Field(
        ["problem"],
        min_length=1,
        description="texts that are looked at; the last two after generate",
    )
    overrides: str | None = Field(
        None, description="YAML or CSV that a person edits: problem_id, benchmark, item, decision"
    )


class Generate(Strict):
    """Ask the teachers (or replay them)."""


class Verify(Strict):
    """Judge every finished trace against the gold answer."""

    deadline: float = Field(6.0, gt=0, description="wall seconds for one comparison")
    memory_mb: int = Field(1500, ge=256, description="memory limit of a verifier process, in MB")
    second: list[Literal["math-verify"]] = Field(
        [], description="other graders whose word is recorded beside; it is never the label"
    )


class Measure(Strict):
    """Signals of every trace."""

    tokenizer: str | None = Field(
        None, description="a tokenizer.json or a hub id; default: characters/4, an estimate"
    )


class Grade(Strict):
    """Pass rates and difficulty per problem and teacher."""

    easy: float = Field(0.8, ge=0, le=1, description="pass rate from which a problem is easy")
    medium: float = Field(0.4, ge=0, le=1, description="pass rate from which it is medium")


class Step(Strict):
    """One step with its options: exactly one of the keys."""

    screen: Screen | None = None
    dedupe: Dedupe | None = None
    dedupe_semantic: DedupeSemantic | None = None
    decontaminate: Decontaminate | None = None
    generate: Generate | None = None
    verify: Verify | None = None
    judge: Judge | None = None
    rate: Rate | None = None
    dedupe_traces: DedupeTraces | None = None
    measure: Measure | None = None
    grade: Grade | None = None

    @model_validator(mode="after")
    def _one_step(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("one step per list item")
        return self

    @property
    def name(self) -> str:
        """The step's name."""
        return next(iter(self.model_fields_set))

    @property
    def options(self) -> Strict:
        """The step's options, defaults filled in."""
        options: Strict = getattr(self, self.name)
        return options


StepName = Literal[
    "screen", "dedupe", "dedupe_semantic", "decontaminate", "generate", "verify", "judge", "rate",
    "dedupe_traces", "measure", "grade",
]  # fmt: skip


def _spell_out(entry: Any) -> Any:  # `- screen` is short for `- screen: {}`
    if isinstance(entry, str):
        return {entry: {}}
    if isinstance(entry, dict):
        return {key: {} if value is None else value for key, value in entry.items()}
    return entry


class PerProblem(Strict):
    """How many rows a problem gives, and which."""

    keep: int = Field(1, ge=1)
    by: str = Field(
        "random",
        description="column to order by, `random` (seeded), or `diverse`: each trace unlike the "
        "ones before it",
    )
    order: Literal["asc", "desc"] = "asc"


def _per_problem(value: Any) -> Any:  # `per_problem: 1` is short for `{keep: 1}`
    return {"keep": value} if isinstance(value, int) and not isinstance(value, bool) else value


class Sample(Strict):
    """How many rows a view draws, and how."""

    n: int = Field(ge=1)
    by: str = Field(
        "random",
        description="`random` (seeded); a column to balance over; or `diverse`: problems each "
        "unlike the ones before it",
    )


def _sample(value: Any) -> Any:  # `sample: 500` is short for `{n: 500}`
    return value if isinstance(value, dict | Sample | None) else {"n": value}


FormatName = Annotated[str, AfterValidator(known), Field(json_schema_extra=enumerate_formats)]


class View(Strict):
    """A selection over the pool in the form that a trainer reads."""

    format: FormatName | None = Field(
        None, description="default: the view's name if it is a format, else sft"
    )
    where: str | None = Field(None, description="SQL condition over the joined pool")
    chosen: str | None = Field(None, description="pairs: SQL condition of the winner")
    rejected: str | None = Field(None, description="pairs: SQL condition of the loser")
    per_problem: Annotated[
        PerProblem | None, BeforeValidator(_per_problem, json_schema_input_type=int | PerProblem)
    ] = None
    sample: Annotated[
        Sample | None, BeforeValidator(_sample, json_schema_input_type=int | Sample)
    ] = Field(None, description="at most so many rows, drawn by seed")
    seed: int = 42
    reasoning: Literal["tags", "field"] = Field(
        "tags", description="reasoning in <think> tags, or in its own field `reasoning_content`"
    )
    splits: dict[str, float] = Field(
        {"train": 1.0}, description="share of the problems per split; a problem is never split"
    )
    shard_tokens: int = Field(
        16_000_000, ge=1, description="token budget of one output file (about 64 MB of text)"
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.chosen is None) != (self.rejected is None):
            raise ValueError("pairs need both `chosen` and `rejected`")
        if abs(sum(self.splits.values()) - 1) > 1e-9 or min(self.splits.values()) <= 0:
            raise ValueError("`splits` must be positive and add up to 1")
        return self


class Recipe(Strict):
    """A whole build."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", description="also the pool's default name")
    description: str = ""
    sources: list[Source] = Field(min_length=1)
    teachers: list[Teacher] = Field([])
    steps: list[
        Annotated[Step, BeforeValidator(_spell_out, json_schema_input_type=StepName | Step)]
    ]
    views: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")], View] = Field({})

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [step.name for step in self.steps]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"step `{name}` stands twice")
            for needed in NEEDS.get(name, ()):
                if needed not in names[: names.index(name)]:
                    raise ValueError(f"step `{name}` needs `{needed}` before it")
        if "screen" in names and "dedupe" in names[: names.index("screen")]:
            raise ValueError("`screen` stands before `dedupe`: a copy must not outlive a refusal")
        if "judge" in names and "grade" in names[: names.index("judge")]:
            raise ValueError("`judge` stands before `grade`: its verdicts count in the pass rates")
        if "generate" in names and not self.teachers:
            raise ValueError("step `generate` needs at least one teacher")
        for name, view in self.views.items():
            complaint, keep = format_of(name, view).complaint(view), view.per_problem
            if complaint:
                raise ValueError(f"view `{name}`: {complaint}")
            if keep and keep.by == "diverse" and "dedupe_traces" not in names:
                raise ValueError(f"view `{name}`: `by: diverse` needs the step `dedupe_traces`")
        return self

    @model_validator(mode="after")
    def _signed_before_drawn(self) -> Self:
        for name, view in self.views.items():
            diverse = view.sample is not None and view.sample.by == "diverse"
            if diverse and not any(step.dedupe for step in self.steps):
                raise ValueError(f"view `{name}`: a diverse `sample` needs the step `dedupe`")
        return self

    @model_validator(mode="after")
    def _traces_before_their_scan(self) -> Self:
        names = [step.name for step in self.steps]
        for step in self.steps[: names.index("generate") if "generate" in names else None]:
            if step.decontaminate and {"reasoning", "response"} & {*step.decontaminate.scan}:
                raise ValueError("`decontaminate` scans traces: it stands after `generate`")
        return self

    def fingerprint(self) -> str:
        """Hash of everything that can change the result."""
        return digest("recipe", self.model_dump(mode="json", exclude={"description"}))


NEEDS: dict[str, tuple[str, ...]] = {
    "dedupe_semantic": ("dedupe",),
    "verify": ("generate",),
    "dedupe_traces": ("verify",),
    "judge": ("verify",),
    "measure": ("generate",),
    "grade": ("verify",),
}
"""The steps that a step reads from."""


def format_of(name: str, view: View) -> Format:
    """The format of a view: stated, told by `chosen`, told by its name, else sft."""
    if view.format:
        return FORMATS[view.format]
    if view.chosen:
        return FORMATS["pairs"]
    return FORMATS[name if name in FORMATS else "sft"]
