"""Telling a webhook that a scheduled run failed, crashed, or met a gate."""

import json
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from schemas.errors import LongcotError
from schemas.printable import printable

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.client.schemas.objects import FlowRun, State

PATIENCE = 30.0
"""Seconds that the address may take."""


def check_webhook(address: str) -> None:
    """Raises LongcotError where an address cannot be posted to."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise LongcotError(
            f"--webhook {address}: is no address; one begins with http:// or https:// and a host"
        )


def tell(flow: "Flow[..., Any]", flow_run: "FlowRun", state: "State[Any]") -> None:
    """Send what happened as JSON to the run's `webhook`; `text` is what chats show.

    Prefect calls it when the run has ended, and writes into the run's log what it raises.
    """
    address = flow_run.parameters.get("webhook")
    if not address:
        return
    message = printable(state.message or "")
    word = state.name
    told = {
        "text": f"longcot: {flow_run.name}: {word}: {message}",
        "run": flow_run.name,
        "id": str(flow_run.id),
        "state": word,
        "message": message,
        "recipe": flow_run.parameters.get("recipe"),
        "pool": flow_run.parameters.get("pool"),
    }
    request = urllib.request.Request(
        address, json.dumps(told).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=PATIENCE).close()
