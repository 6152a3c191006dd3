"""The texts of mails: templates/emails/<event>.<language>.txt, subject on the first line, a blank line, then the body."""

import re
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from backoffice.core.i18n import Language, speaking
from backoffice.core.paths import resource_dir
from backoffice.notifications.wording import day, moment, said, won

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_BLANK = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
MAX_SUBJECT = 190


@cache
def environment() -> Environment:
    """Plain text needs no escaping; a name that is misspelt in a template is an error, not a blank."""
    texts = Environment(
        loader=FileSystemLoader(resource_dir("templates")),
        autoescape=select_autoescape(("html",), default_for_string=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    texts.filters.update(moment=moment, day=day, said=said, won=won)
    return texts


def render(event: str, letter: object, chosen: Language) -> tuple[str, str]:
    """(subject, body) of a letter in one language."""
    with speaking(chosen):
        text = environment().get_template(f"emails/{event}.{chosen}.txt").render(letter=letter)
    subject, _, body = text.partition("\n")
    return one_line(subject)[:MAX_SUBJECT], _BLANK.sub("\n\n", body).strip() + "\n"


def one_line(text: str) -> str:
    """No line break and no control character: what may stand in the head of a mail."""
    return _CONTROL.sub(" ", text).strip()
