"""What the machine says of a trace, as SQL: `machine` in tasks/verdicts/labels.py says the same.

Apart from it, because a query is answered without polars.
"""

from schemas.vocabulary import HUMAN, PEERS, Verdict

JUDGE = "llm_judge:"
"""How the verifier is called that is a model; the model's name follows."""

MACHINE = f"""
CREATE TEMP VIEW judged AS FROM verdicts WHERE starts_with(verifier, '{JUDGE}');
CREATE TEMP VIEW rules AS FROM verdicts
  WHERE NOT starts_with(verifier, '{JUDGE}') AND verifier NOT IN {(*PEERS, HUMAN)};
CREATE TEMP VIEW machine AS
FROM rules r LEFT JOIN (FROM judged WHERE verdict <> '{Verdict.UNDECIDED}') j
  ON j.trace_id = r.trace_id AND r.verdict = '{Verdict.UNDECIDED}'
SELECT r.trace_id, coalesce(j.verifier, r.verifier) AS verifier,
  coalesce(j.version, r.version) AS version, coalesce(j.verdict, r.verdict) AS verdict,
  coalesce(j.extracted, r.extracted) AS extracted, coalesce(j.reason, r.reason) AS reason
"""
"""`rules` and `machine` have one row per trace, `judged` one per trace that a model saw."""
