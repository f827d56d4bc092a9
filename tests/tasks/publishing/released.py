"""A small version of a pool, without a build."""

from typing import Any

import polars as pl

from tasks.pool.release_files import publish as show
from tasks.pool.release_files import store
from tasks.pool.store import Pool
from tasks.publishing.versions import File, Version, latest, write

TO = "hf://datasets/tester/data"


def released(pool: Pool, keys: list[str]) -> Version:
    """A version whose files hold a row each."""
    shown = []
    for key in keys:
        frame = pl.DataFrame({"text": [f"text {key}"]})
        store(pool, "sft", key, frame.write_parquet)
        shown.append(("train", key, 1))
    shards = show(pool, "sft", shown)
    pool.put_json("manifest.json", {"views": {"sft": [vars(shard) for shard in shards]}})
    files = []
    for key in keys:
        proof = pool.get_json(f"releases/.store/sft/{key}.json")
        path = f"releases/.store/sft/{key}.parquet"
        files.append(File("sft", "train", path, 1, proof["bytes"], proof["sha256"]))
    content: dict[str, Any] = {
        "id": "".join(keys), "why": "build", "views": ["sft"], "tables": {}, "deciding": [],
        "recipe": {"name": "mine", "hash": "h", "text": "endpoint: https://me:secret@host/v1\n"},
        "code": "1", "verifiers": "1", "steps": {}, "teachers": [], "drawn": [], "lengths": [],
        "benchmarks": [], "sources": [{"source": "s", "license": "CC BY-NC 4.0", "kept": 2}],
        "report": {"funnel": [], "pass_rates": [], "label": []},
    }  # fmt: skip
    return write(pool, latest(pool), files, content)
