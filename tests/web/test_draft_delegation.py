"""Four eyes on a definition hold through delegation: an author's stand-in does not publish the author's draft."""

from datetime import timedelta

from backoffice.accounts import delegation, services
from backoffice.core import clock
from backoffice.core.db import db, transaction
from tests.web.desk import Desk


def give_place(desk: Desk) -> int:
    """The author has the approver act in the author's place for a few days."""
    author, approver = desk.actors["author"], desk.actors["approver"]
    with desk.app.app_context():
        with transaction():
            row = delegation.delegate(
                delegation.delegable(author.user_id or 0)[0].id,
                approver.email,
                by=author.user_id or 0,
                valid_from=clock.today(),
                valid_to=clock.today() + timedelta(days=3),
                reason="하계 휴가 기간",
            )
            grant = row.id
        db.session.remove()
    return grant


def test_whoever_stands_in_for_the_author_does_not_publish_the_authors_draft(desk: Desk) -> None:
    address = desk.requested()
    page = desk.approver.get(address)
    give_place(desk)
    refused = desk.approver.submit(page, "/publish")
    assert "다른 담당자가 처리해야 합니다" in refused.text
    assert desk.newest() == 1


def test_a_place_that_was_taken_back_still_counts_for_what_was_written_meanwhile(desk: Desk) -> None:
    address = desk.requested()
    page = desk.approver.get(address)
    grant = give_place(desk)
    with desk.app.app_context(), transaction():
        services.revoke(grant)
    assert "다른 담당자가 처리해야 합니다" in desk.approver.submit(page, "/publish").text
    assert desk.newest() == 1
    assert desk.colleague.submit(desk.colleague.get(address), "/publish").status == 200
    assert desk.newest() == 2
