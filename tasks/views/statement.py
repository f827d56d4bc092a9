"""The SQL of a view: which rows it takes, and in which order.

It is built from the inside out, each layer a SELECT over the one before: the rows that a condition
lets in, what belongs together, how many a problem gives, how many each value of a column gives,
what is drawn. Draws are seeded by hashing ids, never by row order, so that a selection does not
depend on how the pool was sharded.
"""

from schemas.recipe.views import View, format_of
from tasks.query.sql import quoted

CARRIED = "carried "
"""Begins the names of columns that a selection has for the rows of the release alone."""

OWN = "own "
"""Begins the names of columns that only later layers of the statement read."""

ROWS = """
SELECT problem_id, trace_id, shard, row, coalesce(completion_tokens, tokens, 0)::BIGINT AS tokens,
  reason, {order} AS draw{more}
FROM pool WHERE set_aside IS NULL AND coalesce(({where})::BOOLEAN, false)
"""

KEPT = """
SELECT * EXCLUDE (draw, reason) FROM ({rows})
QUALIFY {keep} >=
  row_number() OVER (PARTITION BY problem_id ORDER BY draw {order} NULLS LAST, trace_id)
"""

PAIRS = """
WITH won AS (SELECT *, row_number() OVER (PARTITION BY problem_id ORDER BY draw, trace_id) AS k
             FROM ({chosen})),
     lost AS (SELECT *, row_number() OVER (PARTITION BY problem_id ORDER BY draw, trace_id) AS k
              FROM ({rejected}))
SELECT won.problem_id, won.trace_id, won.shard, won.row, won.tokens + lost.tokens AS tokens,
  lost.trace_id AS rejected_id, lost.reason AS rejected_reason,
  lost.shard AS rejected_shard, lost.row AS rejected_row{more}
FROM won JOIN lost USING (problem_id, k) WHERE k <= {keep}
"""
"""The first winner of a problem meets the first loser, and so on."""

SIDE = """
(SELECT * EXCLUDE (tokens), coalesce(completion_tokens, tokens, 0)::BIGINT AS tokens,
   md5('{seed}' || trace_id) AS draw
 FROM pool WHERE set_aside IS NULL AND coalesce(({where})::BOOLEAN, false))
"""
"""The rows of a role with all that is known of them: `match` compares them."""

PROBLEMS = """
SELECT problem_id, NULL::VARCHAR AS trace_id, shard, row, length(problem) // 4 AS tokens,
  n, pass_rate, difficulty{more}
FROM graded WHERE set_aside IS NULL AND coalesce(({where})::BOOLEAN, false)
"""

DIVERSE = "(SELECT rank FROM diverse d WHERE d.trace_id = pool.trace_id)"

WEIGHED = """
-ln((md5_number_lower('{seed}' || {id}) + 1.0) / 18446744073709551617.0)
  / nullif(greatest({weight}, 0), 0)
"""
"""The smallest first draws without replacement, in proportion to the weights: P. Efraimidis and
P. Spirakis, Information Processing Letters 97, 2006. A hash stands for the random number; what
weighs nothing is null, and never drawn.
"""

CAPPED = """
SELECT * FROM ({rows})
QUALIFY {cap} >= row_number() OVER (PARTITION BY {column} ORDER BY {drawn})
"""

IN_TURN = """
SELECT *, row_number() OVER (PARTITION BY stratum ORDER BY {drawn}) AS turn
FROM ({rows}) JOIN ({strata}) USING ({key})
"""
"""One row of each stratum, then a second one of each, and so on."""

COLUMN = "SELECT {key}, ({by}) AS stratum, 0 AS place FROM {relation}"
RANKED = "SELECT problem_id, problem_id AS stratum, rank AS place FROM unlike"

WITHIN = """
SELECT * EXCLUDE (total) FROM (
  SELECT *, sum(tokens) OVER (ORDER BY {drawn} ROWS UNBOUNDED PRECEDING) AS total FROM ({rows})
) WHERE total <= {budget}
"""

ELECTED = ", (SELECT gold FROM golds e WHERE e.problem_id = p.problem_id) AS elected"

PLACED = """
SELECT r.*{without}, p.shard AS problem_shard, p.row AS problem_row{elected}
FROM ({rows}) r JOIN problems p USING (problem_id)
ORDER BY {first}r.shard, r.row{more}
"""


def statement(name: str, view: View, elected: bool = False) -> str:
    """The SQL of a view: its rows in the order of the pool (see `order.py` for the last word), or
    as `order` says. What roles match stands in a relation `matched` (`matching.py`).

    elected: whether there are golds that were elected; the rows then have them as `elected`
    """
    own = _own(view)
    rows = _drawn(name, view, _capped(view, _belonging(name, view)))
    first = f"r.{quoted(OWN + 'order')} NULLS LAST, {_seeded(view)}, " if view.order else ""
    return PLACED.format(
        rows=rows,
        without=f" EXCLUDE ({', '.join(map(quoted, own))})" if own else "",
        first=first,
        elected=ELECTED if elected else "",
        more="".join(f", r.{role}_shard, r.{role}_row" for role in view.partners()),
    )


def carried(name: str, view: View) -> dict[str, str]:
    """What rows carry besides, as names and SQL: what the format reads, and what the view asks for.
    In a selection the names have the prefix `CARRIED`. Of a pair it is the winner's.
    """
    return {**format_of(name, view).columns, **view.columns}


def quoted_columns(name: str, view: View) -> dict[str, str]:
    """What a row has besides its places, as SQL names and SQL."""
    besides = {CARRIED + column: sql for column, sql in carried(name, view).items()}
    return {quoted(column): sql for column, sql in (besides | _own(view)).items()}


def _own(view: View) -> dict[str, str]:
    """What caps, weights and the order need to know of a row, as names and SQL."""
    asked = {f"cap {column}": column for column in view.caps}
    if view.sample and view.sample.weight:
        asked["weight"] = view.sample.weight
    if view.order:
        asked["order"] = view.order
    return {OWN + name: sql for name, sql in asked.items()}


def _belonging(name: str, view: View) -> str:
    """The rows that a view may draw from: conditions, roles, rows per problem."""
    keep = view.per_problem
    columns = quoted_columns(name, view)
    more = "".join(f", ({sql}) AS {column}" for column, sql in columns.items())
    if view.matched():
        return "SELECT * FROM matched"
    if view.chosen:
        both = f"({view.where}) AND " if view.where else ""
        # What meets both conditions can be no loser, or a trace could meet itself.
        loser = f"({view.rejected}) AND NOT coalesce(({view.chosen})::BOOLEAN, false)"
        sides = {
            role: ROWS.format(order=_by_trace(view), where=f"{both}({condition})", more=more)
            for role, condition in (("chosen", view.chosen), ("rejected", loser))
        }
        also = "".join(f", won.{column}" for column in columns)
        return PAIRS.format(**sides, keep=keep.keep if keep else 2**31, more=also)
    if format_of(name, view).per == "problem":
        return PROBLEMS.format(where=view.where or "true", more=more)
    rows = ROWS.format(order=_preferred(view), where=view.where or "true", more=more)
    if keep:
        return KEPT.format(rows=rows, order=keep.order, keep=keep.keep)
    return f"SELECT * EXCLUDE (draw, reason) FROM ({rows})"


def candidates(name: str, view: View) -> str:
    """The SQL of every combination of roles that a view of matched roles could take, best first
    within a problem. Conditions, columns and orders may name any role's columns (`wrong.tokens`).
    """
    keep = view.per_problem
    sides = view.sides()
    lead, *others = sides
    both = f"({view.where}) AND " if view.where else ""
    side = {
        role: SIDE.format(seed=view.seed, where=f"{both}({condition})").strip() + f" {quoted(role)}"
        for role, condition in sides.items()
    }
    joins = "".join(
        f" JOIN {side[role]} ON {quoted(role)}.problem_id = {quoted(lead)}.problem_id"
        + "".join(
            f" AND {quoted(role)}.trace_id <> {quoted(other)}.trace_id"
            for other in [lead, *others[:at]]
        )
        for at, role in enumerate(others)
    )
    parts = "".join(
        f", {quoted(role)}.trace_id AS {role}_id, {quoted(role)}.reason AS {role}_reason, "
        f"{quoted(role)}.shard AS {role}_shard, {quoted(role)}.row AS {role}_row"
        for role in others
    )
    more = "".join(f", ({sql}) AS {column}" for column, sql in quoted_columns(name, view).items())
    by = f"({keep.by}) {keep.order} NULLS LAST, " if keep and keep.by != "random" else ""
    first = quoted(lead)
    draws = ", ".join(f"{quoted(role)}.draw, {quoted(role)}.trace_id" for role in sides)
    match = " AND ".join(f"({sql})" for sql in view.matches().values()) or "true"
    return (
        f"SELECT {first}.problem_id, {first}.trace_id, {first}.shard, {first}.row, "
        f"{' + '.join(f'{quoted(role)}.tokens' for role in sides)} AS tokens{parts}{more} "
        f"FROM {side[lead]}{joins} WHERE coalesce(({match})::BOOLEAN, false) "
        f"ORDER BY {first}.problem_id, {by}{draws}"
    )


def _preferred(view: View) -> str:
    """By what the rows of a problem are ordered, for the first of them to be kept."""
    keep = view.per_problem
    if keep and keep.weight:
        return WEIGHED.format(seed=view.seed, id="trace_id", weight=keep.weight)
    drawn = _by_trace(view)
    return {"random": drawn, "diverse": DIVERSE}.get(keep.by, keep.by) if keep else drawn


def _by_trace(view: View) -> str:
    return f"md5('{view.seed}' || trace_id)"


def _seeded(view: View) -> str:
    return f"md5('{view.seed}' || problem_id || coalesce(trace_id, ''))"


def _order_drawn(view: View) -> str:
    """The order in which rows are drawn."""
    drawn = f"{_seeded(view)}, problem_id, trace_id"
    if not (view.sample and view.sample.weight):
        return drawn
    row = "problem_id || coalesce(trace_id, '')"
    weight = quoted(OWN + "weight")
    return f"{WEIGHED.format(seed=view.seed, id=row, weight=weight)} NULLS LAST, {drawn}"


def _capped(view: View, rows: str) -> str:
    """At most so many rows of each value of a column; the caps hold one after the other."""
    for column, cap in view.caps.items():
        own = quoted(f"{OWN}cap {column}")
        rows = CAPPED.format(rows=rows, cap=cap, column=own, drawn=_order_drawn(view))
    return rows


def _drawn(name: str, view: View, rows: str) -> str:
    """What a view draws of its rows."""
    sample = view.sample
    if sample is None:
        return rows
    drawn, without = _order_drawn(view), ""
    if sample.weight:
        rows = f"SELECT * FROM ({rows}) WHERE {quoted(OWN + 'weight')} > 0"
    match sample.by:
        case "random":
            pass
        case "diverse":
            rows = IN_TURN.format(rows=rows, strata=RANKED, key="problem_id", drawn=drawn)
        case by:
            of_problems = format_of(name, view).per == "problem"
            key, relation = ("problem_id", "graded") if of_problems else ("trace_id", "pool")
            strata = COLUMN.format(key=key, by=by, relation=relation)
            rows = IN_TURN.format(rows=rows, strata=strata, key=key, drawn=drawn)
    if sample.by != "random":
        drawn, without = f"turn, place, {drawn}", " EXCLUDE (stratum, place, turn)"
    if sample.tokens is not None:
        rows = WITHIN.format(rows=rows, drawn=drawn, budget=sample.tokens)
    limit = f" LIMIT {sample.n}" if sample.n is not None else ""
    return f"SELECT *{without} FROM ({rows}) ORDER BY {drawn}{limit}"
