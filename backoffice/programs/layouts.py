"""The layout of process maps: asked of Graphviz once per version and language, kept with the published definition."""

import json
import logging
import shutil
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import select, update

from backoffice.core.db import db, transaction
from backoffice.core.i18n import LANGUAGES
from backoffice.programs.models import PublishedWorkflow
from workflows.definition import Workflow
from workflows.layout import RECIPE, Layout, dot, read, restored, stored
from workflows.loader import DefinitionError, load_bytes

log = logging.getLogger(__name__)

LIMIT_SECONDS = 20
LIMIT_BYTES = 8 * 1024 * 1024
"""A definition of the largest size the loader takes stays far below both."""

Layouts = Mapping[str, Mapping[str, Any]]
"""Language -> stored layout."""


def lay_out(workflow: Workflow) -> Layouts | None:
    """The layouts of a definition in every language; None where Graphviz is missing or fails (doctor tells)."""
    found = {language: lay_out_in(workflow, language) for language in LANGUAGES}
    return {language: stored(layout) for language, layout in found.items() if layout} if all(found.values()) else None


def lay_out_in(workflow: Workflow, language: str) -> Layout | None:
    """The layout of a definition in one language, asked once in the life of the process; needs no database."""
    return _asked(dot(workflow, language))


@lru_cache(maxsize=128)
def _asked(question: str) -> Layout | None:
    """One answer of Graphviz, given plain text and no more than its time."""
    program = shutil.which("dot")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  # a fixed program; names in the question are plain words by the loader
            [program, "-Tjson"], input=question.encode(), capture_output=True, timeout=LIMIT_SECONDS, check=True
        )
        if len(done.stdout) > LIMIT_BYTES:
            raise ValueError("the answer is too large")
        return read(json.loads(done.stdout))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        log.exception("Graphviz could not lay out a process map")
        return None


def lay_out_published() -> int:
    """Lay out every published definition that has no layout of this recipe yet: how many. Call outside transactions."""
    query = select(PublishedWorkflow.id, PublishedWorkflow.source, PublishedWorkflow.layout)
    missing = [(row.id, row.source) for row in db.session.execute(query) if not _current(row.layout)]
    made = [(key, _readable(source)) for key, source in missing]
    ready = [(key, layouts) for key, workflow in made if workflow and (layouts := lay_out(workflow))]
    if ready:
        with transaction():
            for key, layouts in ready:
                db.session.execute(
                    update(PublishedWorkflow).where(PublishedWorkflow.id == key).values(layout=dict(layouts))
                )
    return len(ready)


def _readable(source: str) -> Workflow | None:
    """A published definition, unless somebody altered it beyond reading: the linter tells."""
    try:
        return load_bytes(source.encode(), "published").workflow
    except DefinitionError:
        return None


def _current(layouts: Layouts | None) -> bool:
    return layouts is not None and all(layouts.get(language, {}).get("recipe") == RECIPE for language in LANGUAGES)


_restored: dict[tuple[str, str], Layout] = {}
"""Digest of a published text and language -> its layout, which never changes: at most ``MOST_RESTORED`` of them."""
MOST_RESTORED = 200


def layout_of(workflow: Workflow, language: str, digest: str | None = None) -> Layout | None:
    """The kept layout of a published version, else one made now; None where Graphviz is missing.

    With the ``digest`` of a published text the layout is read once in the life of the process.
    """
    found = _restored.get((digest, language)) if digest is not None else None
    if found is not None:
        return found
    found = _layout_now(workflow, language)
    if digest is not None and found is not None and len(_restored) < MOST_RESTORED:
        _restored[digest, language] = found
    return found


def _layout_now(workflow: Workflow, language: str) -> Layout | None:
    kept = db.session.scalar(
        select(PublishedWorkflow.layout).where(
            PublishedWorkflow.workflow == workflow.workflow, PublishedWorkflow.version == workflow.version
        )
    )
    return restored(kept.get(language) if kept else None) or lay_out_in(workflow, language)
