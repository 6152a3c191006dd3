"""The application: a list of what is registered, in order."""

import logging
import os
import sys

from flask import Flask
from flask.cli import FlaskGroup

from backoffice import cli, extensions, wiring
from backoffice.config import Settings, UnsafeSettings, load_settings
from backoffice.core import files
from backoffice.core.db import configure_engine, db
from backoffice.core.i18n import language
from backoffice.core.paths import PACKAGE, resource_dir
from backoffice.jobs import carrier
from backoffice.web import access, bundled, errors, filters, navigation, pages, security, texts
from backoffice.web.account import oidc
from backoffice.web.api import registration as api


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application for these settings (the environment's by default). Raises UnsafeSettings."""
    settings = settings or load_settings()
    app = Flask("backoffice", template_folder=str(resource_dir("templates")), static_folder=str(resource_dir("static")))
    app.config.update(
        SECRET_KEY=settings.secret,
        SQLALCHEMY_DATABASE_URI=settings.database,
        TRUSTED_HOSTS=settings.hosts,
        BABEL_TRANSLATION_DIRECTORIES=str(PACKAGE / "translations"),
        BABEL_DEFAULT_LOCALE="ko",
        RATELIMIT_STORAGE_URI=settings.redis_url if settings.jobs == "celery" else "memory://",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_IN_MEMORY_FALLBACK=["300 per minute"],
    )
    app.extensions["settings"] = settings
    app.extensions["engine"] = wiring.build_engine()
    app.extensions["vocabulary"] = wiring.vocabulary()
    app.extensions["files"] = files.open_store(settings.files)
    security.register(app, https=settings.base_url.startswith("https://"), proxies=settings.proxies)
    register_database(app, settings)
    register_extensions(app)
    access.register(app)
    bundled.register(app)
    errors.register(app)
    texts.register(app)
    filters.register(app)
    navigation.register(app)
    pages.register(app)
    api.register(app)
    oidc.register(app, settings)
    cli.register(app)
    carrier.register(app, settings)
    return app


def register_database(app: Flask, settings: Settings) -> None:
    if settings.database.startswith("sqlite"):
        settings.instance.mkdir(parents=True, exist_ok=True)
    else:
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 10, "max_overflow": 20}
    db.init_app(app)
    with app.app_context():
        configure_engine(db.engine)
    extensions.migrate.init_app(app, db, directory=str(PACKAGE / "migrations"))


def register_extensions(app: Flask) -> None:
    extensions.csrf.init_app(app)
    extensions.login_manager.init_app(app)
    extensions.limiter.init_app(app)
    extensions.babel.init_app(app, locale_selector=language, timezone_selector=lambda: "Asia/Seoul")


def main() -> None:
    """The ``backoffice`` command. What keeps the office from starting is told in lines, with exit status 1."""
    logging.basicConfig(level=os.environ.get("BACKOFFICE_LOG", "WARNING"), format="%(levelname)s %(name)s %(message)s")
    try:
        app = create_app()
    except (UnsafeSettings, LookupError) as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{error.filename or 'the instance folder'}: {error.strerror or error}")
    FlaskGroup(create_app=lambda: app, add_default_commands=False, load_dotenv=False)()
