"""The address this installation answers at, for everything that leads back to it from outside."""

from flask import current_app, has_app_context

from backoffice.config import Settings


def home_address() -> str:
    """The canonical address without a slash at its end: ``https://ieum.example``.

    A process without an application believes its environment.
    """
    settings: Settings = current_app.extensions["settings"] if has_app_context() else Settings()
    return settings.base_url.rstrip("/")
