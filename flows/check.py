"""What `longcot check` looks at: the recipe, and what it needs of this machine and of others."""

import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from flows.build import begin
from flows.prepare import prepare
from flows.recipe import Recipe
from flows.recipe_file import load_recipe, with_lines
from flows.runner.dry_run import Looking
from schemas.recipe.teachers import Served
from tasks.pool.store import Pool
from tasks.sources.files import source_files

PATIENCE = 5.0
"""Seconds that an endpoint may take to say that it is there."""

TIMES = 4
"""Bytes of pool and releases for a byte of sources and recordings as they lie on disk (3.9 of the
quickstart, whose samples are compressed)."""


class Need(NamedTuple):
    """Something that a recipe needs; `missing` is "" or what to do about it."""

    what: str
    found: str
    missing: str


def check_recipe(path: Path) -> Recipe:
    """Everything that `build` checks before its first step. Raises LongcotError."""
    plan = load_recipe(path)
    with with_lines(path):
        prepare(plan, begin(plan, Pool("."), path, Looking()))
    return plan


def check_machine(plan: Recipe, pool: str, base: Path) -> list[Need]:
    """What the recipe needs, and whether it is there."""
    models = [*plan.teachers, *plan.steps]
    served = [model for model in models if isinstance(model, Served)]
    return [
        _space(plan, pool, base),
        *(need for model in served for need in _served(model)),
        _sandbox(),
    ]


def _space(plan: Recipe, pool: str, base: Path) -> Need:
    recorded = (getattr(teacher, "recorded", None) for teacher in plan.teachers)
    places = [*(source.path for source in plan.sources), *recorded]
    local = [place for place in places if place and "://" not in place]
    files = [Path(file) for place in local for file in source_files(place, base)]
    wanted = TIMES * sum(file.stat().st_size for file in files)
    if "://" in pool:
        return Need("disk", f"{pool} is not on this machine", "")
    there = next(p for p in (Path(pool).resolve(), *Path(pool).resolve().parents) if p.exists())
    free = shutil.disk_usage(there).free
    found = f"{free / 1e9:.1f} GB free at {there}; about {wanted / 1e9:.1f} GB of recorded text"
    return Need("disk", found, "" if free > wanted else "free space, or choose another --pool")


def _served(model: Served) -> Iterator[Need]:
    if model.key_env:
        there = model.key_env in os.environ
        say = "" if there else f"set the environment variable {model.key_env}"
        yield Need(f"{model.name}: key", model.key_env if there else "not set", say)
    for endpoint in model.endpoint or []:
        told = _answers(endpoint, os.environ.get(model.key_env or ""))
        yield Need(f"{model.name}: endpoint", told or f"{endpoint} answers", told and "start it")
    if model.vllm:
        call = model.vllm.command or shutil.which("vllm") or shutil.which("uvx")
        say = "" if call else "install vLLM, or uv, which fetches it"
        yield Need(f"{model.name}: vLLM", call or "neither `vllm` nor `uvx` on PATH", say)


def _answers(endpoint: str, key: str | None) -> str:
    """Why an endpoint does not answer; empty where it does. A refusal is an answer."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(f"{endpoint.rstrip('/')}/models", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE):
            return ""
    except urllib.error.HTTPError as error:
        refused = error.code in (401, 403)
        return f"{endpoint}: the key is refused ({error.code})" if refused else ""
    except (OSError, ValueError) as error:
        return f"{endpoint}: {getattr(error, 'reason', error)}"


def _sandbox() -> Need:
    from schemas.errors import NoSandboxError
    from verifiers.sandbox.probe import strongest

    try:
        return Need("sandbox", str(strongest()), "")
    except NoSandboxError as error:
        return Need("sandbox", "none that is safe", str(error))
