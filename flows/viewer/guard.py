"""What keeps other pages of the same browser, and the text that is shown, from doing anything.

* The policy allows this server's own style and script files and nothing else: no inline script or
  style, no image, no frame, no connection to elsewhere.
* `Host` must be an address, `localhost` or this machine's name: a page that points its own name at
  127.0.0.1 (DNS rebinding) is refused, because rebinding needs a name.
* GET changes nothing. POST needs a token that only this server's pages have, which other pages
  cannot read, and where the browser says whence it comes, that must be here.
"""

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TOKEN = secrets.token_urlsafe(24)
"""Of this process; a page of an earlier one must be loaded again."""
LONGEST_FORM = 64 * 1024


async def guard(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse what does not come from here, and send the policy with every reply."""
    response: Response
    if not trusted(request.headers.get("host", "")):
        response = PlainTextResponse("this viewer does not go by that name", 400)
    elif request.method not in ("GET", "HEAD", "POST"):
        response = PlainTextResponse("not allowed", 405)
    elif request.method == "POST" and not _same_origin(request):
        response = PlainTextResponse("that came from another page", 403)
    else:
        response = await call(request)
    response.headers.update(HEADERS)
    if not request.url.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-store"
    return response


def trusted(host: str) -> bool:
    """Whether a `Host` is an address, `localhost` or this machine's name."""
    name = urlsplit(f"//{host}").hostname or ""
    if name in ("localhost", socket.gethostname().lower()):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def form(request: Request) -> dict[str, str] | None:
    """The fields of a form that has the token; None for any other."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            return None
    fields = {k: v[0] for k, v in parse_qs(body.decode("utf-8", "replace")).items()}
    return fields if hmac.compare_digest(fields.get("token", "").encode(), TOKEN.encode()) else None


def _same_origin(request: Request) -> bool:
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    # With `no-referrer` some browsers send the origin of a form of this very page as "null".
    return origin in (None, "null") or urlsplit(origin).netloc == request.headers.get("host")
