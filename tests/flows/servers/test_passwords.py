"""A password in a URL does its work, and is not kept by Prefect."""

from pathlib import Path

import sqlalchemy as sa

from ledger.sources.connections import open_engine, without_password
from tests.support.nights.flow_runs import NIGHT, TrainedHome, nightly

SECRET = "s3cret-of-the-night"


def test_prefect_is_not_told_the_password_of_a_database(trained: TrainedHome, tmp_path: Path, postgresql: str):
    from prefect.client.orchestration import get_client

    url = sa.make_url(postgresql).set(password=SECRET).render_as_string(hide_password=False)
    nightly(trained.ledger, tmp_path, NIGHT, "--database", url)
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs()
        told = [str(run.parameters) for run in runs]
    assert any("postgresql" in parameters for parameters in told)
    assert not any(SECRET in parameters for parameters in told)


def test_an_engine_finds_the_password_that_was_taken_out_of_its_url() -> None:
    for address in (f"postgresql://me:{SECRET}@host/ledger", f"postgresql://me@host/ledger?password={SECRET}"):
        bare = without_password(address)
        assert SECRET not in bare and "me@host/ledger" in bare
        assert open_engine(bare).url.password == SECRET


def test_anything_but_a_url_with_a_password_stays_as_it_is() -> None:
    for address in ("ledger", "sqlite:///nights/duerank.db", "postgresql://me@host/ledger", "://nonsense"):
        assert without_password(address) == address
