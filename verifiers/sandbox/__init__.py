"""Runs programs that nobody vouches for: no network, no files, no other process, little memory.

The sandbox knows programs and inputs; what is right, only the judge outside knows.
"""

from verifiers.sandbox.inside.confine import Limits, Powers
from verifiers.sandbox.probe import strongest, weakness
from verifiers.sandbox.sandbox import Run, Sandbox, SandboxError
from verifiers.sandbox.tiers import Tier

__all__ = ["Limits", "Powers", "Run", "Sandbox", "SandboxError", "Tier", "strongest", "weakness"]
