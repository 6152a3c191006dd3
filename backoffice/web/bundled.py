"""Bundled files: asked for once by a browser and not again, because an address with a stamp never means other bytes."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

FOREVER = "public, max-age=31536000, immutable"
VENDOR = "vendor/"
"""Files of others, whose folders carry their version."""
MODULES = "js/"
"""Scripts that import each other by plain addresses: under a second address one would run twice."""


def _stamp(name: str) -> str | None:
    """What a file's address carries; None for what is not there, or must have one address."""
    if name.startswith((VENDOR, MODULES)):
        return None
    path = Path(current_app.static_folder or "") / name
    try:
        state = path.stat()
    except OSError:
        return None
    return _digest(path, state.st_mtime_ns, state.st_size)


@lru_cache(256)
def _digest(path: Path, _changed: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _with_stamp(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "v" not in values:
        stamp = _stamp(values["filename"])
        if stamp is not None:
            values["v"] = stamp


def _keep(response: Response) -> Response:
    if request.endpoint != "static" or response.status_code not in {200, 304}:
        return response
    name = (request.view_args or {})["filename"]
    if name.startswith(VENDOR) or ("v" in request.args and request.args["v"] == _stamp(name)):
        response.headers["Cache-Control"] = FOREVER
    return response


def register(app: Flask) -> None:
    app.url_defaults(_with_stamp)
    app.after_request(_keep)
