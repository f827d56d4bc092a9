from schemas.vocabulary import Verdict
from tasks.verdicts.limits import Limits
from tasks.verdicts.verifier_pool import judges
from verifiers import Problem


def test_equal_limits_share_one_pool() -> None:
    assert judges(Limits(memory_mb=1500)) is judges(Limits(memory_mb=1500))


def test_memory_is_told_in_megabytes() -> None:
    assert judges(Limits(memory_mb=1500)).memory == 1_500_000_000


def test_the_shared_pool_judges() -> None:
    item = (Problem("p", "What is 3 + 4?", "7", "math"), r"\boxed{7}")
    assert [word.verdict for word in judges(Limits(memory_mb=1500)).map("verify", [item] * 3)] == (
        [Verdict.CORRECT] * 3
    )
