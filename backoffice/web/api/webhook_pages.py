"""Which systems are told of steps: subscriptions, their secrets shown once, and what became of each delivery."""

from collections.abc import Sequence

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.config import Settings
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem
from backoffice.core.i18n import language
from backoffice.organizations import queries as organizations
from backoffice.programs import queries as programs
from backoffice.web.access import actor, engine, requires, visit
from backoffice.web.case_page import zone_name
from backoffice.webhooks import queries, services
from backoffice.webhooks.models import WebhookSubscription

blueprint = Blueprint("webhooks", __name__, url_prefix="/admin/webhooks")

STATUSES = ("waiting", "sent", "failed")


@blueprint.get("/")
@requires(Permission.WEBHOOK_MANAGE)
def all_() -> ResponseReturnValue:
    """Every subscription, and a form for another."""
    return _all()


def _all(problems: Sequence[Problem] = (), status: int = 200) -> ResponseReturnValue:
    return make_response(
        render_template(
            "api/webhooks.html",
            rows=queries.subscriptions(),
            counts=queries.counts(),
            zones=[(zone.id, zone_name(zone)) for zone in organizations.zones()],
            programs=_programs(),
            typed=request.form,
            problems=problems,
            errors_on_page=bool(problems),
        ),
        status,
    )


def _programs() -> list[tuple[str, str]]:
    return [
        (name, engine().definitions.get(name, version).workflow.title.text(language()))
        for name, version in sorted(programs.newest_versions().items())
    ]


@blueprint.post("/")
@requires(Permission.WEBHOOK_MANAGE)
def create() -> ResponseReturnValue:
    """Subscribe a system. Its secret is in this answer and nowhere else."""
    known_zones = {zone.id for zone in organizations.zones()}
    known_programs = {code for code, _name in _programs()}
    new = services.NewSubscription(
        request.form.get("name", ""),
        request.form.get("url", ""),
        [zone for zone in request.form.getlist("zones", type=int) if zone in known_zones],
        [code for code in request.form.getlist("programs") if code in known_programs],
    )
    try:
        with transaction():
            row = services.subscribe(new, demo=_settings().demo, by=actor().user_id)
            audit.record(visit(), "webhook:create", about=f"{row.id} {row.url}")
            made = row.id
    except Invalid as invalid:
        return _all(invalid.problems, 422)
    return _one(queries.subscription(made), secret=True, status=201)


@blueprint.get("/<int:subscription_id>")
@requires(Permission.WEBHOOK_MANAGE)
def one(subscription_id: int) -> ResponseReturnValue:
    """One subscription and its newest deliveries."""
    return _one(queries.subscription(subscription_id))


def _one(row: WebhookSubscription, *, secret: bool = False, status: int = 200) -> ResponseReturnValue:
    chosen = request.args.get("status", "")
    zones = organizations.zone_names()
    return make_response(
        render_template(
            "api/webhook.html",
            row=row,
            zones=[zone_name(zones[zone_id]) for zone_id in row.zones],
            programs=[name for code, name in _programs() if code in row.workflows],
            secret=services.secret_of(row, _settings().secret) if secret else "",
            deliveries=queries.deliveries(row.id, status=chosen if chosen in STATUSES else ""),
            counts=queries.counts(),
            chosen=chosen,
            statuses=STATUSES,
        ),
        status,
    )


@blueprint.post("/<int:subscription_id>/rotate")
@requires(Permission.WEBHOOK_MANAGE)
def rotate(subscription_id: int) -> ResponseReturnValue:
    """A new secret, shown once; the old one signs beside it for a day."""
    with transaction():
        row = queries.subscription(subscription_id)
        services.rotate(row)
        audit.record(visit(), "webhook:rotate", about=f"{row.id} {row.url}")
    return _one(queries.subscription(subscription_id), secret=True, status=201)


@blueprint.post("/<int:subscription_id>/stop")
@requires(Permission.WEBHOOK_MANAGE)
def stop(subscription_id: int) -> ResponseReturnValue:
    """Send nothing more."""
    with transaction():
        row = queries.subscription(subscription_id)
        services.stop(row)
        audit.record(visit(), "webhook:stop", about=f"{row.id} {row.url}")
    flash(_("더 보내지 않습니다."), "success")
    return redirect(url_for("webhooks.one", subscription_id=subscription_id))


@blueprint.post("/<int:subscription_id>/resume")
@requires(Permission.WEBHOOK_MANAGE)
def resume(subscription_id: int) -> ResponseReturnValue:
    """Go on from now."""
    with transaction():
        row = queries.subscription(subscription_id)
        services.resume(row)
        audit.record(visit(), "webhook:resume", about=f"{row.id} {row.url}")
    flash(_("지금부터 다시 보냅니다. 멈춘 동안의 처리는 보내지 않습니다."), "success")
    return redirect(url_for("webhooks.one", subscription_id=subscription_id))


@blueprint.post("/<int:subscription_id>/deliveries/<int:delivery_id>/retry")
@requires(Permission.WEBHOOK_MANAGE)
def retry(subscription_id: int, delivery_id: int) -> ResponseReturnValue:
    """Send once more what did not arrive."""
    with transaction():
        services.retry(queries.delivery(subscription_id, delivery_id))
    flash(_("다시 보냅니다."), "success")
    return redirect(url_for("webhooks.one", subscription_id=subscription_id))


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found
