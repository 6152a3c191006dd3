"""Every door of the house: stated permissions, menus, and nobody gets in unseen."""

import re

import pytest
from flask import Flask

from backoffice.access.permissions import HOLDERS, Permission
from backoffice.web import navigation
from backoffice.web.access import STATIC, permission_of

PUBLIC_PAGES = {
    "public.home", "public.call", "public.sign_in", "public.signed_in_still", "public.verify_receipt",
    "public.set_language", "health.healthz", "health.readyz", "account.second_step", "account.begin", "account.add_app",
    "account.add_key", "account.ask_reset", "account.new_password", "account.oidc_start", "account.oidc_return",
    "api.openapi", "calendar.feed", "public.verify_report", "public.verify_report_file", "reports.figures", "reports.figure",
}  # fmt: skip


@pytest.fixture
def doors(sqlite_sandbox) -> Flask:  # type: ignore[no-untyped-def]
    app: Flask = sqlite_sandbox.app
    return app


def endpoints(app: Flask) -> list[str]:
    return sorted({rule.endpoint for rule in app.url_map.iter_rules()} - STATIC)


def test_every_address_states_its_permission(doors: Flask) -> None:
    assert [name for name in endpoints(doors) if permission_of(doors, name) is None] == []


def test_only_the_public_pages_are_open_to_everybody(doors: Flask) -> None:
    public = {name for name in endpoints(doors) if permission_of(doors, name) is Permission.PUBLIC}
    assert public == PUBLIC_PAGES


def test_every_permission_but_the_public_one_has_holders() -> None:
    assert {permission for permission in Permission if permission is not Permission.PUBLIC} == set(HOLDERS)


def test_every_page_is_in_a_menu_or_left_out_by_name(doors: Flask) -> None:
    pages = {rule.endpoint for rule in doors.url_map.iter_rules() if "GET" in (rule.methods or ())} - STATIC
    listed = {item.endpoint for item in (*navigation.STAFF, *navigation.PORTAL)}
    assert pages == listed | set(navigation.EXCLUDED)


def test_a_stranger_is_refused_everywhere_but_on_the_public_pages(doors: Flask) -> None:
    client = doors.test_client()
    for rule in doors.url_map.iter_rules():
        if rule.endpoint in STATIC | PUBLIC_PAGES:
            continue
        address = re.sub(r"<(?:\w+:)?\w+>", "1", re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(address, method=method)
            refused = {401} if address.startswith("/api/") else {302, 400, 403, 405}
            assert answer.status_code in refused, (method, address, answer.status_code)
            if answer.status_code == 302:
                assert "/sign-in" in answer.headers["Location"]


def test_a_view_without_a_permission_is_refused_at_run_time(sqlite_sandbox) -> None:  # type: ignore[no-untyped-def]
    app: Flask = sqlite_sandbox.app
    app.view_functions["health.healthz"], kept = (lambda: "open"), app.view_functions["health.healthz"]
    try:
        assert app.test_client().get("/healthz").status_code == 403
    finally:
        app.view_functions["health.healthz"] = kept
