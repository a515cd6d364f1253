"""The gradebook's one writer: submissions in batches, each batch written whole or not at all.

nbgrader opens the gradebook nine times for a submission and commits after every cell. Here all of that happens on one connection in one
transaction, and each submission within a savepoint of its own. Works with SQLite and with PostgreSQL.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

WAIT_SECONDS = 60  # for somebody else who is writing: Formgrader, say


class Writer:
    """The connection that nbgrader's own code uses while a `batch` is open."""

    def __init__(self, url: str) -> None:
        from sqlalchemy import create_engine, event

        if url.startswith("sqlite"):
            self._engine = create_engine(url, connect_args={"timeout": WAIT_SECONDS})
            event.listen(self._engine, "connect", _leave_transactions_alone)
            event.listen(self._engine, "begin", _write_from_the_start)
        else:
            self._engine = create_engine(url)

    def close(self) -> None:
        """Give back the connection."""
        self._engine.dispose()

    @contextlib.contextmanager
    def batch(self) -> Iterator[Any]:
        """A transaction that all gradebooks opened meanwhile take part in; undone when an error leaves the block.

        Yields what opens a savepoint: `with batch.begin_nested(): …` undoes what is inside alone.
        """
        from nbgrader import api

        create, close = api.create_engine, api.Gradebook.close
        with self._engine.begin() as connection:
            # A session on a connection with a savepoint commits into that one.
            api.create_engine = lambda *_, **__: connection
            api.Gradebook.close = lambda gradebook: gradebook.db.remove()
            try:
                yield connection
            finally:
                api.create_engine, api.Gradebook.close = create, close


def _leave_transactions_alone(connection: Any, _: Any) -> None:
    """Python's own sqlite3 would begin transactions late, and commit before savepoints."""
    connection.isolation_level = None


def _write_from_the_start(connection: Any) -> None:
    """Who first reads and then writes finds that somebody else has written between, and must give up."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
