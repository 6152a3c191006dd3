"""Files sent with a page: each stored, or refused with a sentence at its field."""

from collections.abc import Iterable, Mapping

from flask import current_app, request

from backoffice.access.actors import Actor
from backoffice.cases import services, uploads
from backoffice.cases.models import Case
from backoffice.core.errors import Invalid, Problem
from workflows.forms import Document, Field

Uploaded = list[tuple[Field, list[uploads.Prepared]]]


def take(fields: Iterable[Field], documents: Mapping[str, Document]) -> tuple[Uploaded, list[Problem]]:
    """What was sent for these fields: the files made durable, and what stood in the way of the others."""
    accepted: Uploaded = []
    refused: list[Problem] = []
    store = current_app.extensions["files"]
    for field in fields:
        if field.type != "files":
            continue
        document, files = documents[field.document or ""], []
        for upload in request.files.getlist(field.name):
            if not upload.filename:
                continue
            try:
                files.append(
                    uploads.prepare(store, document, name=upload.filename, stream=upload.stream, field=field.name)
                )
            except Invalid as invalid:
                refused.extend(invalid.problems)
        accepted.append((field, files))
    return accepted, refused


def attach(row: Case, form: str, uploaded: Uploaded, documents: Mapping[str, Document], *, actor: Actor) -> None:
    """Record the files in the case. Call inside a transaction."""
    for field, files in uploaded:
        name = field.document or ""
        for file in files:
            services.attach(row, form, field.name, name, documents[name], file, actor=actor)
