"""Settings from the environment (prefix ``BACKOFFICE_``), typed and checked when the process starts."""

import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlparse

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class UnsafeSettings(ValueError):
    """Settings that must not go into service. Each line says what and why."""


class Settings(BaseSettings):
    """Everything that differs between installations; see docs/guide/operator."""

    model_config = SettingsConfigDict(env_prefix="BACKOFFICE_", extra="ignore")

    instance: Path = Field(default_factory=lambda: Path.cwd() / "instance")
    database_url: str = ""
    jobs: Literal["embedded", "celery"] = "embedded"
    redis_url: str = "redis://127.0.0.1:6379/0"
    files_url: str = ""
    mail_url: str = ""
    mail_from: str = "ieum@localhost"
    base_url: str = "http://127.0.0.1:8000"
    trusted_hosts: str = "127.0.0.1,localhost"
    secret_key: str = ""
    demo: bool = False
    oidc_issuer: str = ""
    """The identity provider people may sign in at, exactly as it names itself; empty for none."""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_second_factor: str = ""
    """Values of ``amr`` or ``acr``, separated by commas, that stand for our second step; empty to always ask ours."""
    proxies: int = Field(default=0, ge=0, le=5)
    """How many proxies of ours stand in front and add X-Forwarded-For; with none the header is ignored."""

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy address; SQLite under the instance folder unless told otherwise."""
        url = self.database_url or f"sqlite:///{self.instance.resolve() / 'ieum.db'}"
        for plain in ("postgresql://", "postgres://"):
            if url.startswith(plain):
                return "postgresql+psycopg://" + url.removeprefix(plain)
        return url

    @cached_property
    def files(self) -> str:
        return self.files_url or f"file://{self.instance.resolve() / 'files'}"

    @cached_property
    def mail(self) -> str:
        return self.mail_url or f"file://{self.instance.resolve() / 'mail'}"

    @cached_property
    def secret(self) -> str:
        """The key that signs sessions; kept in the instance folder when the environment has none."""
        if self.secret_key:
            return self.secret_key
        path = self.instance / "secret-key"
        if not path.exists():
            self.instance.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48), encoding="ascii")
        return path.read_text(encoding="ascii")

    @cached_property
    def hosts(self) -> list[str]:
        return [host.strip() for host in self.trusted_hosts.split(",") if host.strip()]

    @cached_property
    def second_factor_values(self) -> frozenset[str]:
        return frozenset(word.strip() for word in self.oidc_second_factor.split(",") if word.strip())

    @property
    def loopback(self) -> bool:
        return urlparse(self.base_url).hostname in LOOPBACK

    def unsafe(self) -> list[str]:
        """What must be changed before anybody relies on this installation."""
        faults = []
        if self.demo and not self.loopback:
            faults.append(
                "BACKOFFICE_DEMO is set but BACKOFFICE_BASE_URL is not loopback: demo accounts would be public"
            )
        if not self.loopback and not self.base_url.startswith("https://"):
            faults.append("BACKOFFICE_BASE_URL must start with https:// unless it is loopback")
        if not self.loopback and not self.secret_key:
            faults.append("BACKOFFICE_SECRET_KEY must be set outside of loopback")
        if not self.hosts or "*" in self.hosts:
            faults.append("BACKOFFICE_TRUSTED_HOSTS must name the hosts this service answers for")
        if urlparse(self.base_url).hostname not in self.hosts:
            faults.append("BACKOFFICE_TRUSTED_HOSTS must contain the host of BACKOFFICE_BASE_URL")
        return faults + self._unsafe_provider()

    def _unsafe_provider(self) -> list[str]:
        if not self.oidc_issuer:
            return []
        faults = []
        if not (self.oidc_client_id and self.oidc_client_secret):
            faults.append("BACKOFFICE_OIDC_ISSUER needs BACKOFFICE_OIDC_CLIENT_ID and BACKOFFICE_OIDC_CLIENT_SECRET")
        if not self.oidc_issuer.startswith("https://") and urlparse(self.oidc_issuer).hostname not in LOOPBACK:
            faults.append("BACKOFFICE_OIDC_ISSUER must start with https:// unless it is loopback")
        return faults


def load_settings() -> Settings:
    """The settings of this process. Raises UnsafeSettings with one line per fault."""
    try:
        settings = Settings()
    except ValidationError as error:
        lines = [f"BACKOFFICE_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()]
        raise UnsafeSettings("\n".join(lines)) from error
    faults = settings.unsafe()
    if faults:
        raise UnsafeSettings("\n".join(faults))
    return settings
