"""Taking one file at once, while the rest of the section is still being written."""

from flask import jsonify, render_template
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.cases import queries as cases
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound
from backoffice.web import uploading
from backoffice.web.access import actor, requires
from backoffice.web.portal import blueprint
from backoffice.web.portal.writing import open_place, still_open


@blueprint.post("/cases/<reference>/forms/<form>/<code>/files/<field>")
@requires(Permission.CASE_APPLY)
def upload_file(reference: str, form: str, code: str, field: str) -> ResponseReturnValue:
    """Store a file sent under the field's name: the list of the field's files now, or why it was refused."""
    place = open_place(reference, form, code)
    asked = next((item for item in place.section.fields if item.name == field and item.type == "files"), None)
    if asked is None:
        raise NotFound
    documents = place.definition.documents
    uploaded, refused = uploading.take([asked], documents)
    with transaction():
        row = still_open(place)
        uploading.attach(row, form, uploaded, documents, actor=actor())
        files = [item for item in cases.attachments(row.id) if (item.form, item.field) == (form, field)]
        listed = render_template("portal/files.html", items=files, row=row)
    why = " ".join(problem.sentence.text() for problem in refused)
    return jsonify(list=listed, refused=why), 422 if refused else 200
