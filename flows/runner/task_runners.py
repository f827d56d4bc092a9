"""Prefect's own task runners, by the name that a recipe's `run` gives them.

Each is made from (run, workers) and comes with the errors by which it says that a worker died.
"""

import logging
from importlib import import_module
from typing import Any, NamedTuple

from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from schemas.errors import MachineError
from schemas.recipe.run import Run


class Made(NamedTuple):
    """A task runner that is not started yet, and what it raises when a worker died."""

    runner: TaskRunner[Any]
    died: tuple[type[Exception], ...] = ()


def made(run: Run, workers: int) -> Made:
    """The task runner of a build. Raises MachineError where its package is missing."""
    if run.runner == "threads":
        return Made(ThreadPoolTaskRunner(max_workers=workers))
    if run.runner == "processes":
        from concurrent.futures.process import BrokenProcessPool

        return Made(ProcessPoolTaskRunner(max_workers=workers), (BrokenProcessPool,))
    try:
        module = import_module(f"prefect_{run.runner}")
    except ImportError as error:
        raise MachineError(
            f"the runner {run.runner} needs a package that is not installed ({error}); install "
            f"`longcot[{run.runner}]`, or build with `--runner processes`"
        ) from None
    return _dask(module, run, workers) if run.runner == "dask" else _ray(module, run, workers)


def _dask(module: Any, run: Run, workers: int) -> Made:
    from distributed.scheduler import KilledWorker

    if run.address:
        return Made(module.DaskTaskRunner(address=run.address), (KilledWorker,))
    local = {
        "n_workers": workers,
        "threads_per_worker": 1,
        "dashboard_address": None,
        "silence_logs": logging.CRITICAL,
        "memory_limit": 0,  # else Dask ends what comes near an equal part of the memory
    }
    return Made(module.DaskTaskRunner(cluster_kwargs=local), (KilledWorker,))


def _ray(module: Any, run: Run, workers: int) -> Made:
    from ray import exceptions

    died = (exceptions.WorkerCrashedError, exceptions.NodeDiedError, exceptions.OutOfMemoryError)
    quiet = {"log_to_driver": False, "configure_logging": False}
    if run.address:
        return Made(module.RayTaskRunner(address=run.address, init_kwargs=quiet), died)
    local = {**quiet, "num_cpus": workers, "include_dashboard": False}
    return Made(module.RayTaskRunner(init_kwargs=local), died)
