"""The jobs behind webhooks: looking what is to be told, and sending one word to one receiver."""

from backoffice.core.db import db
from backoffice.jobs.work import Work
from backoffice.webhooks import sending, services
from backoffice.webhooks.models import WebhookDelivery, WebhookSubscription


def tell(work: Work) -> None:
    """Write what every subscription is to be told."""
    with work.writing():
        services.tell(work.engine)


def send(work: Work) -> None:
    """Send the delivery of payload ``{"delivery": id}``, unless it arrived before. Raises Undelivered: the job tries again."""
    row = db.session.get_one(WebhookDelivery, work.payload["delivery"])
    one = db.session.get_one(WebhookSubscription, row.subscription_id)
    if row.status == "sent" or not one.active:
        return
    delivery_id, url, letter = row.id, one.url, services.letter_of(row, one, work.settings.secret)
    db.session.rollback()
    try:
        answer = sending.post(url, letter, demo=work.settings.demo)
    except sending.Undelivered as why:
        with work.writing():
            services.note_failed(delivery_id, why)
        raise
    with work.writing():
        services.note_sent(delivery_id, answer)
