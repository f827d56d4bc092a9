"""Replay, verify, deduplicate, select, write: the same work by longcot and by its peers.

A contender is a module, run in an environment of its own:

    python -m benchmarks.whole.NAME INPUT OUTPUT

INPUT has `problems/` and `traces/` (see `made`); OUTPUT is a folder that is not there. It leaves
chat messages as Parquet in OUTPUT/written, and ends by printing what it counted: `problems`,
`duplicates`, `traces` (of problems that are none), `correct`
(and complete).
"""
