"""Which kind of job is which function: the dispatch table of everything that happens behind the pages."""

from collections.abc import Callable, Mapping

from backoffice.jobs import (
    account_mails,
    bulk,
    imports,
    mails,
    moving,
    outcomes,
    receipts,
    report_batches,
    reports,
    upkeep,
    webhooks,
)
from backoffice.jobs.work import Work

Task = Callable[[Work], None]

TASKS: Mapping[str, Task] = {
    "mail": mails.send,
    "account_mail": account_mails.send,
    "receipt": receipts.make,
    "report": reports.make,
    "report_of_batch": report_batches.make,
    "deadlines": upkeep.watch_deadlines,
    "open_reports": outcomes.open_reports,
    "import_check": imports.check,
    "import_book": imports.book,
    "tidy": upkeep.tidy,
    "bulk": bulk.carry_out,
    "migrate": moving.carry_out,
    "webhooks": webhooks.tell,
    "webhook": webhooks.send,
}
