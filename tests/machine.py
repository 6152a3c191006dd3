"""Which databases and programs this machine has, and the settings of an office on one of them."""

import os
import shutil
import socket
from pathlib import Path

import psycopg
import pytest

from backoffice.config import Settings

SERVER = os.environ.get("TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")
REQUIRED = os.environ.get("CI") == "true"


def reachable(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


HAS_POSTGRESQL = reachable("127.0.0.1", 5432)
HAS_REDIS = reachable("127.0.0.1", 6379)
HAS_CHROMIUM = shutil.which("chromium") is not None


def need(found: bool, what: str) -> None:
    """Skip what the machine cannot run; in CI nothing may be missing."""
    if found:
        return
    if REQUIRED:
        pytest.fail(f"{what} is required in CI")
    pytest.skip(f"{what} is not on this machine")


def settings_for(folder: Path, database_url: str = "") -> Settings:
    return Settings(
        instance=folder,
        database_url=database_url,
        secret_key="a secret for tests that is long enough",
        demo=True,
        base_url="http://localhost",
        trusted_hosts="localhost,127.0.0.1",
        files_url=f"file://{folder / 'files'}",
        mail_url=f"file://{folder / 'mail'}",
    )


def worker_name() -> str:
    """A name no other test run on this machine uses."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    return f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{run[:8]}"


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder all processes of this run of the tests share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def fresh_postgresql(name: str, like: str = "template1") -> str:
    """Create a database, empty or like another one, and answer its address."""
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    return f"{SERVER}/{name}?options=-csynchronous_commit%3Doff"


def drop_postgresql(name: str) -> None:
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
