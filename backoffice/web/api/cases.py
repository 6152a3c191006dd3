"""Cases for programs: a list that can be gone through to its end, one case, and its history."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, make_response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from backoffice.access.actors import roles_on
from backoffice.access.permissions import Permission
from backoffice.cases import paging
from backoffice.cases import queries as cases
from backoffice.cases.models import Case
from backoffice.cases.queue import Filter
from backoffice.core.db import db
from backoffice.core.errors import Invalid
from backoffice.engine import timeline
from backoffice.engine.timeline import Entry
from backoffice.engine.values import Subject
from backoffice.organizations import queries as organizations
from backoffice.organizations.models import Zone
from backoffice.programs.models import Call
from backoffice.web.access import actor, engine, requires
from backoffice.web.api import blueprint
from backoffice.web.api.description import answers
from backoffice.web.api.reading import OF_CASE, brief, case_of, looked_at, public_on, zone_json
from backoffice.web.api.shapes import CasePiece, CaseShape, CasesQuery, HistoryShape

ETAG = {"ETag": {"description": "The revision in quotes, for If-Match.", "schema": {"type": "string"}}}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "description": "An ETag you know: 304 if no step was taken since.",
    "schema": {"type": "string"},
}


@blueprint.get("/cases")
@requires(Permission.API_READ)
@blueprint.arguments(CasesQuery, location="query")
@answers(CasePiece, 422, said="Some cases, and the address of those behind them.")
def case_list(asked: dict[str, Any]) -> Mapping[str, Any]:
    """The cases you may see, filtered like the queue.

    Follow `next` until it is null. What is opened meanwhile neither repeats nor hides a case.
    """
    zones = organizations.zone_names()
    wanted = Filter(
        box=asked["box"],
        text=asked["q"],
        zone=_zone(asked.get("zone"), zones),
        workflow=asked["program"],
        stage=asked["stage"],
        call=_call(asked.get("call")),
        year=asked.get("year"),
        sort=asked["sort"],
    )
    piece = paging.piece(actor(), wanted, after=asked.get("after"), limit=asked["limit"])
    items = _items(piece.rows, zones)
    filters: dict[str, Any] = {name: value for name, value in request.args.to_dict().items() if name != "after"}
    looked_at("case:list", about=f"{len(items)} {' '.join(f'{name}={value}' for name, value in filters.items())}")
    following = url_for("api.case_list", **{**filters, "after": piece.after}) if piece.after else None
    return {"items": items, "next": following}


def _items(rows: Sequence[tuple[Case, str]], zones: Mapping[int, Zone]) -> list[dict[str, Any]]:
    ids = [row.id for row, _ in rows]
    scopes, own = (cases.scopes(ids), cases.zones_of(ids)) if ids else ({}, {})
    return [
        brief(row, roles_on(actor(), scopes[row.id]), name, [zones[zone_id] for zone_id in own[row.id]])
        for row, name in rows
    ]


def _zone(code: str | None, zones: Mapping[int, Zone]) -> int | None:
    if code is None:
        return None
    found = next((zone.id for zone in zones.values() if zone.code == code), None)
    if found is None:
        raise Invalid.field("zone", "없는 특구 코드입니다.", "There is no zone with this code.")
    return found


def _call(code: str | None) -> int | None:
    if code is None:
        return None
    found = db.session.scalar(select(Call.id).where(Call.code == code))
    if found is None:
        raise Invalid.field("call", "없는 공고 코드입니다.", "There is no call with this code.")
    return found


@blueprint.get("/cases/<reference>", parameters=OF_CASE)
@requires(Permission.API_READ)
@answers(CaseShape, 404, said="The case.", headers=ETAG)
@blueprint.alt_response(304, description="No step was taken since the ETag you know.", success=True, headers=ETAG)
@blueprint.doc(parameters=[IF_NONE_MATCH])
def case(reference: str) -> ResponseReturnValue:
    """One case.

    Its ETag is its revision: the number of steps and other entries in its history.
    """
    row, subject = case_of(reference)
    etag = {"ETag": f'"{row.revision}"'}
    if request.if_none_match.contains_weak(str(row.revision)):
        return Response(status=304, headers=etag)
    body = _whole(row, subject)
    looked_at("case:read", about=body["organization"], case_id=row.id)
    return make_response(CaseShape().dump(body), etag)


def _whole(row: Case, subject: Subject) -> dict[str, Any]:
    zones, own = cases.zones_and_own(row.id)
    members = cases.named_members(row.id)
    lead = next((name for member, name in members if member.part == "lead"), "")
    call = db.session.get(Call, row.call_id) if row.call_id is not None else None
    parent, _children = cases.kin(row, actor())
    return {
        **brief(row, roles_on(actor(), subject.scope), lead, [zones[zone_id] for zone_id in own]),
        "call": call.code if call is not None else None,
        "organizations": [
            {
                "name": name,
                "part": member.part,
                "kind": member.kind,
                "zone": zone_json(zones[member.zone_id]) if member.zone_id is not None else None,
            }
            for member, name in members
        ],
        "parent": parent.reference if parent is not None else None,
        "linked": [child.reference for child in cases.visible_linked(row.id, actor())],
        "created_at": row.created_at,
        "submitted_at": row.submitted_at,
    }


@blueprint.get("/cases/<reference>/history", parameters=OF_CASE)
@requires(Permission.API_READ)
@answers(HistoryShape, 404, said="The history, the newest entry first.")
def history(reference: str) -> Mapping[str, Any]:
    """What happened to a case.

    The whole of it for the office, the public part for companies.
    """
    row, subject = case_of(reference)
    rows = timeline.rows_of(row.id)
    actions = {one.revision: one.action for one in rows}
    public = public_on(subject)
    if public:
        entries = timeline.public_timeline(engine(), subject, roles_on(actor(), subject.scope), rows)
    else:
        entries = timeline.timeline(engine(), subject, rows)
    looked_at("case:read", about="history", case_id=row.id)
    return {
        "reference": row.reference,
        "items": [_entry(entry, None if public else actions[entry.revision]) for entry in entries],
    }


def _entry(entry: Entry, action: str | None) -> dict[str, Any]:
    return {
        "revision": entry.revision,
        "at": entry.at,
        "action": action,
        "label": entry.label.text(),
        "kind": entry.kind,
        "by": entry.who,
        "role": entry.role.text(),
        "state": entry.target.text(),
        "note": entry.note,
        "input": entry.input,
    }
