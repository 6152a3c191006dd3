"""The job behind mails about an account: written with a fresh link, handed over, marked."""

from backoffice.jobs.work import Work
from backoffice.notifications import account_mails, services
from backoffice.notifications.delivery import Undeliverable, deliver
from backoffice.notifications.recipients import ADDRESS_REFUSED


def send(work: Work) -> None:
    """Send the mail of payload ``{"user": id, "event": code}``. Raises MailDown while the mail server is away."""
    with work.writing():
        written = account_mails.compose(work.payload, work.claim.key, work.settings.base_url)
    if written is None:
        return
    row_id, envelope = written
    try:
        deliver(work.settings.mail, envelope, work.settings.mail_from)
    except Undeliverable:
        with work.writing():
            services.withhold(row_id, ADDRESS_REFUSED)
        return
    with work.writing():
        services.mark_sent(row_id)
