"""The mail job: one row per recipient first, then each mail leaves once, if its reader still may read it."""

from backoffice.jobs.work import Work
from backoffice.notifications import services
from backoffice.notifications.delivery import Undeliverable, deliver
from backoffice.notifications.orders import read_order
from backoffice.notifications.recipients import ADDRESS_REFUSED


def send(work: Work) -> None:
    """Write and send the mails of one event. Raises MailDown while the mail server is away: the job waits then."""
    with work.writing():
        waiting = services.compose(work.engine, read_order(work.claim.key, work.payload), work.settings.base_url)
    work.total = len(waiting)
    for row_id in waiting:
        _send_one(work, row_id)
        work.done += 1


def _send_one(work: Work, row_id: int) -> None:
    with work.writing():
        envelope = services.envelope(row_id)
    if envelope is None:
        return
    try:
        deliver(work.settings.mail, envelope, work.settings.mail_from)
    except Undeliverable:
        with work.writing():
            services.withhold(row_id, ADDRESS_REFUSED)
        return
    with work.writing():
        services.mark_sent(row_id)
