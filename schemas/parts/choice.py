"""Which rows of the joined pool a step works on."""

from typing import NamedTuple

RELATIONS = {"problems": "graded", "traces": "pool"}
"""What a condition is over, by the table whose rows are chosen."""

CHOSEN = """
SELECT {key} AS row_id, problem_id, shard, row{columns}
FROM {relation} WHERE set_aside IS NULL AND coalesce(({where})::BOOLEAN, false)
ORDER BY shard, row
"""


class Choice(NamedTuple):
    """What is chosen: rows of `over` that meet `where`, with `columns` of the joined pool."""

    over: str
    where: str | None
    columns: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The id of a row: problem_id or trace_id."""
        return f"{self.over.removesuffix('s')}_id"

    @property
    def relation(self) -> str:
        """What the condition is over: `graded` or `pool`."""
        return RELATIONS[self.over]

    def sql(self) -> str:
        """The rows: row_id, problem_id, shard (position among the live ones), row, the columns."""
        named = "".join(f', "{column}"' for column in self.columns)
        where = self.where or "true"
        return CHOSEN.format(key=self.key, columns=named, relation=self.relation, where=where)
