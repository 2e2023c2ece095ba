"""A password in a URL does its work, and is not kept by Prefect."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from configs.settings import SettingsError
from ledger.sources.connections import open_engine, without_password
from tests.support.nights.flow_runs import NIGHT, TrainedHome, duerank, nightly
from tests.support.repository import ROOT

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
    for address in (
        f"postgresql://me:{SECRET}@host/ledger",
        f"postgresql://me@host/ledger?password={SECRET}",
        f"postgresql://me@host/ledger?sslpassword={SECRET}&sslmode=require",
    ):
        bare = without_password(address)
        assert SECRET not in bare and "me@host/ledger" in bare
        assert SECRET in open_engine(bare).url.render_as_string(hide_password=False)


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql:/me:{SECRET}@host/ledger",
        f"postgresql//me:{SECRET}@host/ledger",
        f"postgresql://me:{SECRET}@host:port/ledger",
        f"postgresql://me:pass@{SECRET}@host/ledger",
        f"postgresql:/host/ledger?password={SECRET}",
    ],
)
def test_a_misspelt_url_is_refused_before_prefect_sees_it_and_is_not_shown(home, address: str) -> None:
    from prefect.client.orchestration import get_client

    result = duerank("validate", address)
    assert result.exit_code == 2 and "%40 for an @" in result.output
    assert SECRET not in result.output
    with get_client(sync_client=True) as client:
        assert not any(SECRET in str(run.parameters) for run in client.read_flow_runs())


def test_a_folder_whose_name_looks_like_a_login_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "of:me@home"
    folder.mkdir()
    assert without_password(str(folder)) == str(folder)


def test_deployments_with_a_password_are_refused_since_prefect_would_show_it(tmp_path: Path) -> None:
    from pipelines.deploy import DEPLOYMENTS, _read, _require_no_password

    shipped = (ROOT / DEPLOYMENTS).read_text("utf-8")
    _require_no_password(ROOT / DEPLOYMENTS, _read(ROOT / DEPLOYMENTS))
    changed = tmp_path / "prefect.yaml"
    for address in (f"postgresql://me:{SECRET}@host/ledger", f"postgresql:/me:{SECRET}@host/ledger"):
        changed.write_text(shipped.replace("database: null", f"database: {address}"), "utf-8")
        with pytest.raises(SettingsError, match="database of the deployment nightly has a password") as refused:
            _require_no_password(changed, _read(changed))
        assert SECRET not in str(refused.value)


def test_anything_but_a_url_with_a_password_stays_as_it_is() -> None:
    for address in ("ledger", "sqlite:///nights/duerank.db", "postgresql://me@host/ledger", "://nonsense"):
        assert without_password(address) == address
