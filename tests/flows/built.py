"""A finished pool, as tests read it: without longcot."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl


@dataclass
class Built:
    """A finished pool, read without longcot."""

    folder: Path

    @property
    def report(self) -> Any:
        return json.loads((self.folder / "report.json").read_text())

    @property
    def manifest(self) -> Any:
        return json.loads((self.folder / "manifest.json").read_text())

    def line(self, stage: str, label: str | None = None) -> dict[str, Any]:
        """A line of the funnel."""
        found = [
            line
            for line in self.report["funnel"]
            if line["stage"] == stage and label in (None, line["label"])
        ]
        assert len(found) == 1, found
        return dict(found[0])

    def table(self, name: str) -> pl.DataFrame:
        """The live rows of a table."""
        return pl.concat(
            pl.read_parquet(self.folder / shard["path"]) for shard in self.manifest["tables"][name]
        )

    def work(self) -> dict[str, tuple[int, int]]:
        """Every receipt, shard and released file with its inode and time of writing."""
        found = {}
        for path in sorted(self.folder.rglob("*")):
            name = str(path.relative_to(self.folder))
            # What was being written aside when a build was killed is no finished work.
            if path.suffix == ".parquet" or (
                name.startswith("receipts/") and path.suffix == ".json"
            ):
                facts = path.stat()
                found[name] = (facts.st_ino, facts.st_mtime_ns)
        return found
