"""A stand-in for the Hub's API on loopback: repositories in memory, with faults when asked.

    with hub() as server:           HF_ENDPOINT=server.url, HF_HUB_DISABLE_XET=1, HF_TOKEN=anything

`server.faults` is a list of (method, a piece of the path, what): the first request that matches
meets the fault, which is then used up. What: a status code, `die` (the connection ends without an
answer) or `late` (the commit is made, and the answer never comes).
"""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

DAY = "2026-01-01T00:00:00.000Z"


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, owner: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.owner = owner
        self.repos: dict[str, dict[str, Any]] = {}
        self.blobs: dict[str, bytes] = {}
        self.log: list[tuple[str, str]] = []
        self.uploads: list[str] = []
        self.faults: list[tuple[str, str, int | str]] = []
        self.wait = 0
        self.taken: set[str] = set()
        """Names of repositories that are no datasets."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def fault(self, method: str, path: str) -> int | str | None:
        for one in self.faults:
            if one[0] == method and one[1] in path:
                self.faults.remove(one)
                return one[2]
        return None

    def files(self, repo: str) -> dict[str, bytes]:
        return {path: file["data"] for path, file in self.repos[repo]["files"].items()}

    def push(self, repo: str, path: str, data: bytes) -> None:
        """Somebody else's commit."""
        commit(self.repos[repo], {path: entry(data)}, [], "somebody else")


def entry(data: bytes, lfs: str | None = None) -> dict[str, Any]:
    git = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    return {"data": data, "oid": git, "lfs": lfs}


def commit(repo: dict[str, Any], add: dict[str, Any], remove: list[str], message: str) -> None:
    repo["files"] = {
        path: file for path, file in {**repo["files"], **add}.items() if path not in remove
    }
    seed = f"{repo['head']}{message}{sorted(repo['files'])}"
    repo["head"] = hashlib.sha1(seed.encode()).hexdigest()
    repo["history"][repo["head"]] = repo["files"]
    repo["commits"].append((message, len(add) + len(remove)))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def answer(self, code: int, content: Any = None, **headers: str) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def missing(self, what: str) -> None:
        self.answer(404, {"error": what}, X_Error_Code=what)

    def body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = []
        while size := int(self.rfile.readline().strip() or b"0", 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def handle_request(self) -> None:
        address = urlsplit(self.path)
        path, data = unquote(address.path), self.body()
        self.server.log.append((self.command, path))
        fault = self.server.fault(self.command, path)
        if fault == "die":
            self.close_connection = True
            return
        if isinstance(fault, int):
            self.answer(fault, {"error": "a fault"}, Retry_After=str(self.server.wait))
            return
        token = self.headers.get("authorization", "")
        if token == "Bearer wrong" and not path.startswith("/lfs"):
            self.answer(401, {"error": "Invalid credentials"})
            return
        for pattern, work in ROUTES:
            if match := re.fullmatch(pattern, path):
                work(self, match, data, dict(parse_qsl(address.query)), fault)
                return
        self.missing("EntryNotFound")


for method in ("GET", "POST", "PUT", "HEAD", "DELETE"):
    setattr(Handler, f"do_{method}", Handler.handle_request)


def whoami(on: Handler, match: Any, data: bytes, query: Any, fault: Any) -> None:
    role = {"type": "access_token", "accessToken": {"role": "write"}}
    told = {"name": on.server.owner, "type": "user", "orgs": [{"name": "team"}], "auth": role}
    on.answer(200, told)


def create(on: Handler, match: Any, data: bytes, query: Any, fault: Any) -> None:
    said = json.loads(data)
    name = f"{said.get('organization') or on.server.owner}/{said['name']}"
    url = f"{on.server.url}/datasets/{name}"
    if name in on.server.repos or name in on.server.taken:
        on.answer(409, {"url": url, "error": "exists"})
        return
    on.server.repos[name] = {"files": {}, "head": "0" * 40, "history": {}, "commits": [],
                             "tags": {}, "private": said.get("private", False)}  # fmt: skip
    on.server.repos[name]["history"]["0" * 40] = {}
    on.answer(200, {"url": url, "name": name})


def preupload(on: Handler, match: Any, data: bytes, query: Any, fault: Any) -> None:
    held = on.server.repos[match[1]]["files"]
    on.answer(200, {"files": [
        {"path": file["path"], "shouldIgnore": False,
         "uploadMode": "lfs" if file["path"].endswith(".parquet") else "regular",
         "oid": (held.get(file["path"]) or {}).get("oid")}
        for file in json.loads(data)["files"]]})  # fmt: skip


def batch(on: Handler, match: Any, data: bytes, query: Any, fault: Any) -> None:
    told = []
    for one in json.loads(data)["objects"]:
        entry = {"oid": one["oid"], "size": one["size"], "authenticated": True}
        if one["oid"] not in on.server.blobs:
            entry["actions"] = {"upload": {"href": f"{on.server.url}/lfs/{one['oid']}"}}
        told.append(entry)
    on.answer(200, {"transfer": "basic", "objects": told})


def upload(on: Handler, match: Any, data: bytes, query: Any, fault: Any) -> None:
    assert hashlib.sha256(data).hexdigest() == match[1]
    on.server.blobs[match[1]] = data
    on.server.uploads.append(match[1])
    on.answer(200)


def push(on: Handler, match: Any, data: bytes, query: Any, fault: Any) -> None:
    name = match[1]
    repo, add, remove, message = on.server.repos[name], {}, [], ""
    for line in data.splitlines():
        said = json.loads(line)
        value = said["value"]
        match said["key"]:
            case "header":
                message = value["summary"]
                parent = value.get("parentCommit")
                if parent and parent != repo["head"]:
                    on.answer(412, {"error": "the head has moved"})
                    return
            case "file":
                add[value["path"]] = entry(base64.b64decode(value["content"]))
            case "lfsFile":
                add[value["path"]] = entry(on.server.blobs[value["oid"]], value["oid"])
            case "deletedFile":
                remove.append(value["path"])
    commit(repo, add, remove, message)
    if fault == "late":
        on.close_connection = True
        return
    url = f"{on.server.url}/datasets/{name}/commit/{repo['head']}"
    on.answer(200, {"commitOid": repo["head"], "success": True, "hookOutput": "", "commitUrl": url})


def files_at(repo: dict[str, Any], revision: str) -> dict[str, Any]:
    head = repo["head"] if revision == "main" else repo["tags"].get(revision, revision)
    found: dict[str, Any] = repo["history"].get(head, {})
    return found


def described(path: str, file: dict[str, Any]) -> dict[str, Any]:
    size = len(file["data"])
    told = {"type": "file", "path": path, "size": size, "oid": file["oid"]}
    if file["lfs"]:
        told["lfs"] = {"oid": file["lfs"], "size": size, "pointerSize": 134}
    return told


def tree(on: Handler, match: Any, data: bytes, query: Any, fault: Any) -> None:
    repo = on.server.repos.get(match[1])
    if repo is None:
        on.missing("RepoNotFound")
        return
    deep = query.get("recursive", "").lower() in ("true", "1")
    prefix = f"{match[3]}/" if match[3] else ""
    inside = {p: f for p, f in files_at(repo, match[2]).items() if p.startswith(prefix)}
    if prefix and not inside:
        on.missing("EntryNotFound")
        return
    folders = {prefix + p[len(prefix) :].split("/")[0] for p in inside if "/" in p[len(prefix) :]}
    on.answer(200, [
        *({"type": "directory", "path": f, "size": 0, "oid": "0" * 40} for f in sorted(folders)),
        *(described(p, f) for p, f in inside.items() if deep or "/" not in p[len(prefix) :]),
    ])  # fmt: skip


def paths_info(on: Handler, match: Any, data: bytes, query: Any, fault: Any) -> None:
    if data[:1] == b"{":
        wanted = json.loads(data)["paths"]
    else:
        wanted = [value for key, value in parse_qsl(data.decode()) if key == "paths"]
    held = files_at(on.server.repos[match[1]], match[2])
    told = [described(path, held[path]) for path in wanted if path in held]
    told += [
        {"type": "directory", "path": path, "size": 0, "oid": "0" * 40}
        for path in wanted
        if path not in held and any(p.startswith(f"{path}/") for p in held)
    ]
    on.answer(200, told)


def info(on: Handler, match: Any, data: bytes, query: Any, fault: Any) -> None:
    repo = on.server.repos.get(match[1])
    if repo is None:
        on.missing("RepoNotFound")
        return
    revision = match[2] or "main"
    head = repo["head"] if revision == "main" else repo["tags"].get(revision, revision)
    on.answer(200, {
        "_id": "x", "id": match[1], "author": match[1].split("/")[0], "sha": head,
        "lastModified": DAY, "createdAt": DAY, "private": False, "gated": False, "tags": [],
        "disabled": False, "downloads": 0, "likes": 0,
        "siblings": [{"rfilename": path} for path in files_at(repo, revision)],
    })  # fmt: skip


def tag(on: Handler, match: Any, data: bytes, query: Any, fault: Any) -> None:
    repo, name = on.server.repos[match[1]], json.loads(data)["tag"]
    if name in repo["tags"]:
        on.answer(409, {"error": "exists"})
        return
    repo["tags"][name] = repo["head"] if match[2] == "main" else match[2]
    on.answer(200, {})


def refs(on: Handler, match: Any, data: bytes, query: Any, fault: Any) -> None:
    repo = on.server.repos[match[1]]
    named = [
        {"name": name, "ref": f"refs/tags/{name}", "targetCommit": head}
        for name, head in repo["tags"].items()
    ]
    main = {"name": "main", "ref": "refs/heads/main", "targetCommit": repo["head"]}
    on.answer(200, {"branches": [main], "converts": [], "tags": named})


def resolve(on: Handler, match: Any, data: bytes, query: Any, fault: Any) -> None:
    repo = on.server.repos.get(match[1])
    file = files_at(repo, match[2]).get(match[3]) if repo else None
    if file is None:
        on.missing("EntryNotFound" if repo else "RepoNotFound")
        return
    whole = file["data"]
    told = {"ETag": f'"{file["lfs"] or file["oid"]}"', "X_Repo_Commit": repo["head"],
            "Accept_Ranges": "bytes", "X_Linked_Size": str(len(whole))}  # fmt: skip
    if span := re.match(r"bytes=(\d+)-(\d*)", on.headers.get("range", "")):
        first, last = int(span[1]), min(int(span[2] or len(whole) - 1), len(whole) - 1)
        told["Content_Range"] = f"bytes {first}-{last}/{len(whole)}"
        on.answer(206, whole[first : last + 1], **told)
        return
    on.answer(200, whole, **told)


REPO = r"([^/]+/[^/]+)"
ROUTES: list[tuple[str, Any]] = [
    ("/api/whoami-v2", whoami),
    ("/api/repos/create", create),
    ("/api/validate-yaml", lambda on, *_: on.answer(200, {"errors": [], "warnings": []})),
    (rf"/api/datasets/{REPO}/preupload/(.+)", preupload),
    (rf"/datasets/{REPO}\.git/info/lfs/objects/batch", batch),
    (r"/lfs/(\w+)", upload),
    (rf"/api/datasets/{REPO}/commit/(.+)", push),
    (rf"/api/datasets/{REPO}/tag/(.+)", tag),
    (rf"/api/datasets/{REPO}/refs", refs),
    (rf"/api/datasets/{REPO}/tree/([^/]+)(?:/(.*))?", tree),
    (rf"/api/datasets/{REPO}/paths-info/(.+)", paths_info),
    (rf"/datasets/{REPO}/resolve/([^/]+)/(.+)", resolve),
    (rf"/api/datasets/{REPO}(?:/revision/(.+))?", info),
]


@contextmanager
def hub(owner: str = "tester") -> Iterator[Server]:
    """A Hub where `owner` may write."""
    server = Server(owner)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
