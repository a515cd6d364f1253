"""The gradebook's one writer: submissions in batches, each batch written whole or not at all.

nbgrader opens the gradebook nine times for a submission and commits after every cell. Here all of that happens on one connection in one
transaction, and each submission within a savepoint of its own. Works with SQLite and with PostgreSQL.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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
        self._known = _Known()

    def close(self) -> None:
        """Give back the connection."""
        self._engine.dispose()

    @contextlib.contextmanager
    def batch(self) -> Iterator[Any]:
        """A transaction that all gradebooks opened meanwhile take part in; undone when an error leaves the block.

        Yields what opens a savepoint: `with batch.begin_nested(): …` undoes what is inside alone.
        """
        with self._engine.begin() as connection, _opened_once(connection, self._known):
            yield connection


@dataclass
class _Known:
    """What stays the same from batch to batch: courses that are there, and the release's parts by method and arguments."""

    tables: bool = False  # whether all are there
    courses: set[str] = field(default_factory=set)
    release: dict[tuple[str, ...], Any] = field(default_factory=dict)


@contextlib.contextmanager
def _opened_once(connection: Any, known: _Known) -> Iterator[None]:
    """In the block nbgrader's gradebooks use the connection; whether all tables are there is looked up once, and so is what is `known`."""
    from nbgrader import api
    from sqlalchemy.orm import scoped_session, sessionmaker

    before = {name: getattr(api.Gradebook, name) for name in ("__init__", "close", *_OF_THE_RELEASE)}

    def init(gradebook: Any, url: str, course_id: str = "default_course", authenticator: Any = None) -> None:
        # A session on a connection with a savepoint commits into that one.
        gradebook.engine, gradebook.db = connection, scoped_session(sessionmaker(bind=connection))
        gradebook.course_id, gradebook.authenticator = course_id, authenticator
        if course_id not in known.courses:
            gradebook.check_course(course_id)
            known.courses.add(course_id)

    def close(gradebook: Any) -> None:
        gradebook.db.remove()

    if not known.tables:
        create, api.create_engine = api.create_engine, lambda *_, **__: connection
        try:
            api.Gradebook("").db.remove()
        finally:
            api.create_engine = create
        known.tables = True
    api.Gradebook.__init__, api.Gradebook.close = init, close
    for name in _OF_THE_RELEASE:
        setattr(api.Gradebook, name, _remembered(before[name], known.release))
    try:
        yield
    finally:
        for name, method in before.items():
            setattr(api.Gradebook, name, method)


_CELLS = ("find_source_cell", "find_graded_cell")  # asked for every cell of every student; they need no session
_OF_THE_RELEASE = ("find_notebook", *_CELLS)


def _remembered(find: Callable[..., Any], found: dict[tuple[str, ...], Any]) -> Callable[..., Any]:
    def method(gradebook: Any, *about: str) -> Any:
        key = (find.__name__, *about)
        if key not in found:
            found[key] = find(gradebook, *about)
            gradebook.db.expunge(found[key])  # so it outlives the session that it came from
        return found[key] if find.__name__ in _CELLS else gradebook.db.merge(found[key], load=False)

    return method


def _leave_transactions_alone(connection: Any, _: Any) -> None:
    """Python's own sqlite3 would begin transactions late, and commit before savepoints."""
    connection.isolation_level = None


def _write_from_the_start(connection: Any) -> None:
    """Who first reads and then writes finds that somebody else has written between, and must give up."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
