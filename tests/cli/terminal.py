"""A terminal for tests: run a command of the office, look at what it printed and how it ended."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Flask

from backoffice.core.db import db


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def data(self) -> Any:
        return json.loads(self.out)


def run(app: Flask, *arguments: object, typed: str = "") -> Ended:
    """One command in this process; an exception that is not an answer fails the test."""
    result = app.test_cli_runner().invoke(args=[str(item) for item in arguments], input=typed)
    with app.app_context():
        db.session.remove()
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)
