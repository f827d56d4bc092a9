"""The probe must notice a sandbox that is missing a layer: a check that cannot fail is none."""

import pytest

from schemas.errors import NoSandboxError
from verifiers.sandbox import Tier, probe, strongest, tiers, weakness


@pytest.fixture
def without(monkeypatch):
    """Start fork servers in which some functions do nothing."""
    monkeypatch.setattr(probe, "weakness", probe.weakness.__wrapped__)

    def remove(*statements):
        start = tiers._START.replace("main()", f"{'; '.join(statements)}; main()")
        monkeypatch.setattr(tiers, "_START", start)
        return probe.weakness(Tier.LANDLOCK)

    return remove


def test_a_tier_that_holds_has_no_weakness():
    assert any(weakness(tier) == "" for tier in Tier)
    assert weakness(strongest()) == ""


def test_without_seccomp_the_attacks_get_through(without):
    found = without("from inside import seccomp; seccomp.restrict = lambda program: None")
    assert "these attacks succeed" in found
    assert {"fork", "udp", "signal_fork_server_by_descriptor"} <= set(
        found.replace(",", "").split()
    )


def test_without_landlock_the_secret_is_read(without):
    found = without("from inside import landlock; landlock.abi = lambda: 0")
    assert "these attacks succeed" in found
    assert {"read_secret", "list_home"} <= set(found.replace(",", "").split())


def test_without_limits_memory_runs_away(without):
    nothing = "lambda *a, **k: None"
    found = without(
        f"from inside import confine; confine.limit_memory = {nothing}; confine._lower = {nothing}"
    )
    assert "these attacks succeed: raise_limits" in found or "memory" in found


def test_a_fork_server_that_keeps_what_it_hands_on_is_found_out(without):
    found = without(
        "import os; from inside import fork_server",
        "served = fork_server.ForkServer._run; kept = []",
        "fork_server.ForkServer._run = lambda self, request, judge: "
        "(kept.append(os.pread(judge.files[-1], 1 << 20, 0)), served(self, request, judge))[1]",
    )
    assert found == "a program reads what an earlier one was, was given or said"


def test_no_sandbox_says_what_to_install(monkeypatch):
    monkeypatch.setattr(probe, "weakness", lambda tier: f"{tier} fails")
    with pytest.raises(NoSandboxError, match="apt install bubblewrap") as raised:
        strongest()
    assert "landlock fails" in str(raised.value)


def test_a_missing_bubblewrap_is_a_weakness(monkeypatch):
    monkeypatch.setattr(tiers.shutil, "which", lambda *_, **__: None)
    assert "bubblewrap is not installed" in probe.weakness.__wrapped__(Tier.NAMESPACES)
