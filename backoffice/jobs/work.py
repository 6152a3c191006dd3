"""One claimed job while it runs: what its task may use, and the only way it may write."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from backoffice.config import Settings
from backoffice.core import outbox
from backoffice.core.db import db, steady_transaction, transaction
from backoffice.core.files import FileStore
from backoffice.engine.perform import Engine

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Work:
    """A job in the hands of this process. ``done`` of ``total`` is what the progress bar shows."""

    app: Flask
    claim: outbox.Claim
    done: int = 0
    total: int = 0

    @property
    def payload(self) -> dict[str, Any]:
        return self.claim.payload

    @property
    def engine(self) -> Engine:
        found: Engine = self.app.extensions["engine"]
        return found

    @property
    def files(self) -> FileStore:
        found: FileStore = self.app.extensions["files"]
        return found

    @property
    def settings(self) -> Settings:
        found: Settings = self.app.extensions["settings"]
        return found

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that begins by proving the claim: whoever lost it writes nothing. Raises LostClaim."""
        with transaction():
            outbox.heartbeat(self.claim, done=self.done, total=self.total)
            yield

    @contextmanager
    def freezing(self) -> Iterator[None]:
        """The same, with every read of the same moment."""
        with steady_transaction():
            outbox.heartbeat(self.claim, done=self.done, total=self.total)
            yield


@contextmanager
def pulse(work: Work) -> Iterator[None]:
    """Extend the lease of a long job from a thread beside it, three times per lease."""
    over = threading.Event()
    context = copy_context()
    thread = threading.Thread(
        target=context.run, args=(_beat, work, over), name=f"pulse-{work.claim.job_id}", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(work: Work, over: threading.Event) -> None:
    while not over.wait(outbox.LEASE.total_seconds() / 3):
        with work.app.app_context():
            try:
                with work.writing():
                    pass
            except outbox.LostClaim:
                return
            except SQLAlchemyError:
                log.warning("job %s: the lease could not be extended", work.claim.key)
            finally:
                db.session.remove()
