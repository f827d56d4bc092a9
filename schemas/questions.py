"""Steps that ask a model about rows: who is asked, with which prompt, and how often."""

from pydantic import Field

from schemas.teachers import Asked, Served


class Judge(Asked):
    """Ask a model whether answers agree where the rules could not tell."""

    name: str = Field("judge", description="names the log of a managed server")
    prompt: str = Field("ask/judge", description="prompt template, by name or file")
    sample: int = Field(
        200, ge=0, description="traces that the rules decided and the judge sees too, to measure it"
    )


class DedupeSemantic(Served):
    """Set aside problems whose embeddings are near, where `dedupe` does not keep them apart."""

    name: str = Field("dedupe_semantic", description="names the log of a managed server")
    threshold: float = Field(
        gt=0,
        le=1,
        description="cosine similarity; no default, since each model has a scale of its own: "
        "benchmarks/semantic.py prints the curve of yours",
    )


class Rate(Asked):
    """Ask a model how hard each problem is, from 1 to 10."""

    name: str = Field("rate", description="names the log of a managed server")
    prompt: str = Field("ask/rate", description="prompt template, by name or file")
    # As rllm's difficulty_judge.py, which rated DeepScaleR: 8 ratings at 0.7.
    n: int = Field(8, ge=1, description="ratings of each problem")
    temperature: float | None = Field(0.7, ge=0, le=2)
