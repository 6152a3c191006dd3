"""The texts of templates, which are written in Korean: a catalog is asked only for another language.

Flask-Babel looks for the catalog anew with every text; a page of the queue has 170 of them.
"""

from typing import Any

from flask import Flask
from flask_babel import get_translations

from backoffice.core.i18n import language


def register(app: Flask) -> None:
    environment: Any = app.jinja_env  # the extension adds the method to it
    environment.install_gettext_callables(gettext=_one, ngettext=_several, newstyle=True)


def _one(text: str) -> str:
    return text if language() == "ko" else str(get_translations().gettext(text))


def _several(text: str, many: str, count: int) -> str:
    """Korean says one and many in the same way."""
    return text if language() == "ko" else str(get_translations().ngettext(text, many, count))
