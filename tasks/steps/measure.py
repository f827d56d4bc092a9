"""measure: what a trace is like, in numbers that a view can select by."""

from collections import defaultdict
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field

from tasks.pool.map_step import MapStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from tasks.pool.jobs import Done, Job, Output
    from tasks.pool.store import Receipt


def _known(names: list[str]) -> list[str]:
    from schemas.parts.signal import chosen

    chosen(names)
    return names


def _enumerate(schema: dict[str, Any]) -> None:
    from schemas.parts.signal import SIGNALS

    families = {one.family for one in SIGNALS.values()}
    schema["items"] = {"enum": sorted({"standard", *families, *SIGNALS}), "type": "string"}


class Measure(MapStep, kind="measure"):
    """Signals of every trace."""

    over = "traces"
    columns = ("trace_id", "reasoning", "response")
    writes = ("signals",)
    again = True

    tokenizer: str | None = Field(
        None, description="a tokenizer.json or a hub id; default: characters/4, an estimate"
    )
    signals: (
        Annotated[
            list[str],
            Field(min_length=1, json_schema_extra=_enumerate),
            AfterValidator(_known),
        ]
        | None
    ) = Field(
        None,
        description="which, by name; a file's name for all of its signals; default: `standard`",
        exclude_if=lambda names: names is None,  # recipes of before are known by their fingerprint
    )

    def stamp(self) -> str:
        """Changes when a signal comes, goes or computes something else."""
        from schemas.identity import digest
        from schemas.parts.signal import chosen

        versions = {signal.name: signal.version for signal in chosen(self.signals)}
        return digest("measure", self.version, versions)[:8]

    def rows(self, frame: "pl.DataFrame", **known: Any) -> "Output":
        """One row per trace, a column per signal. Raises LongcotError naming one that fails."""
        from schemas.parts.signal import chosen
        from tasks.pool.jobs import Output
        from tasks.signals.measuring.shard import as_table

        counts = {"in": len(frame), "out": len(frame)}
        table = as_table(frame, chosen(self.signals), self.tokenizer)
        return Output({"signals": table}, counts)

    def plan(self, done: "Done") -> "Iterator[Job]":
        """One job per shard; it computes what was not measured of these traces before."""
        from schemas.identity import digest
        from schemas.parts.signal import chosen
        from tasks.pool.jobs import Done, Job
        from tasks.signals.measuring.shard import looked_up, measure_shard, stamps_of

        names = [one.name for one in chosen(self.signals)]
        looks_up = looked_up(names)
        how = {"tokenizer": self.tokenizer}
        # The standard signals keep the keys they had when there was nothing to choose.
        version = self.stamp() if self.signals is None else digest(stamps_of(names, self.tokenizer))
        looked = False
        earlier: dict[str, list[Receipt]] = defaultdict(list)
        for source in done.traces:
            parents = source.parents if looks_up else []
            key = digest(self.called, version, how, source.key, parents, "")[:16]
            if not looked and not done.pool.exists(f"receipts/{self.called}/{key}.json"):
                looked = True
                for receipt in done.pool.receipts(self.called):
                    earlier[receipt.label].append(receipt)
            known = done.part(parents) if looks_up else Done(done.pool, done.recipe)
            shard = source.whole("traces")
            given = (names, self.tokenizer, source, known, earlier[source.key])
            yield Job(
                self.called, key, shard.path, shard.rows, done.recipe, measure_shard, given, True
            )
