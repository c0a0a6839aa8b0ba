"""Where the records of a generation lie: in a SQLite file of its folder, or in a schema of a PostgreSQL.

With `records_url` set, an ingestion writes them into a schema of their own, in one transaction, and leaves a
note in the generation's folder that names it. They become visible with the rest of the generation, when the
pointer of `assistant.index.generations` moves, so no answer mixes two. A schema whose generation is gone from
the data folder is dropped by the next ingestion. Names of schemas begin with an id of the data folder, so
that several can share a database; a copied data folder takes a new id, and never drops what another reads.
"""

import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from sqlalchemy import URL, create_engine, event, inspect, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import SingletonThreadPool
from sqlalchemy.schema import CreateSchema, DropSchema

from assistant.errors import (
    AssistantError,
    IndexDamagedError,
    IndexMismatchError,
    RecordDatabaseError,
    SettingsError,
)
from assistant.records import schema
from assistant.records.models import AnyRecord

FILE = "records.sqlite"
NOTE = "records.json"
OWNER = "records.owner.json"
DRIVERS = ("pg8000", "psycopg")
"""Of PostgreSQL; the first is taken where the address names none, and is what the tests run on."""
_WAIT_S = 15.0  # for a server that does not answer
_EXAMPLE = "postgresql://USER:PASSWORD@HOST/DATABASE"


class _Note(BaseModel):
    """Says in a generation's folder where its records are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    database: str
    """Where they were written, for people; without user and password."""
    name: str
    """Of the schema."""


def write_store(file: Path, records: Sequence[AnyRecord]) -> None:
    """Write records into a new SQLite file; their order is kept."""
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.begin() as connection:
            schema.write(connection, records)
            connection.exec_driver_sql(f"PRAGMA user_version = {schema.FORMAT}")
    except OperationalError as error:  # a full disk, for instance: `ingest` says what to do
        raise (error.orig or error) from error
    finally:
        engine.dispose()


def write_records(folder: Path, records: Sequence[AnyRecord], url: SecretStr | None) -> None:
    """Write the records of the generation that is made in a folder; their order is kept.

    Raises:
        RecordDatabaseError: the database cannot be reached or does not let us write.
        SettingsError: the address is malformed, or its driver is not installed.
    """
    if url is None:
        write_store(folder / FILE, records)
        return
    engine, name = _engine(url), _schema_name(folder.parent.parent, folder.name)
    try:
        with engine.begin() as connection:
            connection.execute(CreateSchema(name))
            schema.write(connection.execution_options(schema_translate_map={None: name}), records)
    except (SQLAlchemyError, OSError) as error:
        raise trouble(engine, error) from error
    finally:
        engine.dispose()
    note = _Note(format=schema.FORMAT, database=_place(engine.url), name=name)
    (folder / NOTE).write_text(note.model_dump_json(indent=2), "utf-8")


def open_file(file: Path) -> Engine:
    """Open a file that `write_store` wrote, for reading.

    Raises:
        IndexDamagedError: it is not there, or is no such file.
        IndexMismatchError: it is of another format.
    """
    if not file.is_file():
        raise IndexDamagedError(f"there is no {file}; run `assistant ingest`")
    address = f"sqlite:///file:{file.absolute().as_posix()}?mode=ro&immutable=1&uri=true"
    engine = create_engine(address, poolclass=SingletonThreadPool)
    try:
        with engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    except SQLAlchemyError as error:
        raise trouble(engine, error) from error
    _check_format(found, str(file))
    return engine


def open_generation(folder: Path, url: SecretStr | None) -> Engine:
    """Open the records of a generation, for reading, wherever they lie.

    Raises:
        RecordDatabaseError: they are in a database that is not set, not reachable, or lacks them.
        IndexDamagedError, IndexMismatchError, SettingsError
    """
    note = _note(folder)
    if note is None:
        return open_file(folder / FILE)
    _check_format(note.format, f"PostgreSQL at {note.database}")
    if url is None:
        raise RecordDatabaseError(
            f"the records of the index in {folder} are in PostgreSQL at {note.database}, and"
            " ASSISTANT_RECORDS_URL is not set; set it, or run `assistant ingest` to write them anew"
        )
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("records", schema=note.name):
                raise IndexDamagedError(
                    f"PostgreSQL at {_place(engine.url)} has no schema {note.name}, which the index in"
                    f" {folder} names; run `assistant ingest` to write the records anew"
                )
    except (SQLAlchemyError, OSError) as error:
        engine.dispose()
        raise trouble(engine, error) from error
    options = {"schema_translate_map": {None: note.name}, "isolation_level": "AUTOCOMMIT"}
    return engine.execution_options(**options)


def is_in_place(folder: Path, url: SecretStr | None) -> bool:
    """Whether the records of a generation are where the settings want them, and can be read.

    Raises:
        RecordDatabaseError: the database cannot be reached.
    """
    try:
        if (_note(folder) is None) != (url is None):
            return False
        open_generation(folder, url).dispose()
    except (IndexDamagedError, IndexMismatchError):
        return False
    return True


def drop_leftovers(index_dir: Path, url: SecretStr | None) -> None:
    """Drop the schemas of this data folder's generations that are gone. Only for the ingest lock's holder.

    Raises:
        RecordDatabaseError: the database cannot be reached or does not let us write.
    """
    if url is None:
        return
    folder = index_dir / "generations"
    kept = {_schema_name(index_dir, each.name) for each in (folder.iterdir() if folder.is_dir() else ())}
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            names = inspect(connection).get_schema_names()
        for name in names:
            if name.startswith(_prefix(index_dir)) and name not in kept:
                with engine.begin() as connection:
                    connection.execute(DropSchema(name, cascade=True, if_exists=True))
    except (SQLAlchemyError, OSError) as error:
        raise trouble(engine, error) from error
    finally:
        engine.dispose()


def reach(url: SecretStr) -> str:
    """Connect, and say to what.

    Raises:
        RecordDatabaseError: the database cannot be reached.
        SettingsError: the address is malformed, or its driver is not installed.
    """
    engine = _engine(url)
    try:
        with engine.connect():
            return f"PostgreSQL at {_place(engine.url)}"
    except (SQLAlchemyError, OSError) as error:
        raise trouble(engine, error) from error
    finally:
        engine.dispose()


def described(engine: Engine) -> str:
    """What people read of the place of an engine's records."""
    if engine.dialect.name == "sqlite":
        return "SQLite"
    name = engine.get_execution_options()["schema_translate_map"][None]
    return f"PostgreSQL at {_place(engine.url)}, schema {name}"


def trouble(engine: Engine, error: Exception) -> AssistantError:
    """Our error for one of a database or its driver; without the address, statements and their values."""
    words = _words(error)
    if engine.dialect.name == "sqlite":
        file = (engine.url.database or "").removeprefix("file:")
        return IndexDamagedError(f"records in {file} are damaged ({words}); run `assistant ingest --rebuild`")
    return RecordDatabaseError(
        f"PostgreSQL at {_place(engine.url)} cannot be used for the records ({words}); start it or correct"
        " ASSISTANT_RECORDS_URL, or unset that and run `assistant ingest` to keep records in the data folder"
    )


def _words(error: Exception) -> str:
    """What the server or the driver says."""
    orig = getattr(error, "orig", None) or error
    told = orig.args[0] if orig.args else orig
    return " ".join(str(told["M"] if isinstance(told, dict) and "M" in told else told).split())


def _place(url: URL) -> str:
    """Host, port and name of a database; no user, no password."""
    host = url.query.get("unix_sock") or url.query.get("host") or url.host or "localhost"
    return f"{host}:{url.port or 5432}/{url.database or url.username or ''}"


def _parsed(url: SecretStr) -> URL:
    try:
        parsed = make_url(url.get_secret_value())
    except (ArgumentError, ValueError) as error:
        raise SettingsError(
            f"ASSISTANT_RECORDS_URL is malformed; give an address such as {_EXAMPLE} (in a password, write"
            " what is special as % and two digits), or unset it to keep records in the data folder"
        ) from error
    dialect, _, driver = parsed.drivername.partition("+")
    if dialect not in ("postgresql", "postgres") or (driver and driver not in DRIVERS):
        raise SettingsError(
            f"ASSISTANT_RECORDS_URL is for {parsed.drivername}; give an address such as {_EXAMPLE}"
            f" (drivers: {', '.join(DRIVERS)}), or unset it to keep records in the data folder"
        )
    return parsed.set(drivername=f"postgresql+{driver or DRIVERS[0]}")


def _engine(url: SecretStr) -> Engine:
    """An engine; no connection is made yet.

    Raises:
        SettingsError: the address is malformed, or its driver is not installed.
    """
    parsed = _parsed(url)
    driver = parsed.get_driver_name()
    wait = {"timeout": _WAIT_S} if driver == "pg8000" else {"connect_timeout": int(_WAIT_S)}
    try:
        engine = create_engine(parsed, pool_pre_ping=True, connect_args=wait)
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"ASSISTANT_RECORDS_URL wants PostgreSQL, and its driver {error.name} is not installed;"
            f" run `pip install {driver}`, or unset it to keep records in the data folder"
        ) from error
    event.listen(engine, "connect", _settle)
    return engine


def _settle(connection: Any, _: Any) -> None:
    """Settings of a session: compiling a query takes longer than running ours, and sorting needs memory."""
    cursor = connection.cursor()
    cursor.execute("SET jit = off")
    cursor.execute("SET work_mem = '32MB'")
    cursor.close()
    connection.commit()


def _note(folder: Path) -> _Note | None:
    """What the folder of a generation says of its records; None when they lie in it."""
    try:
        return _Note.model_validate_json((folder / NOTE).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise IndexDamagedError(
            f"{folder / NOTE} cannot be read ({_words(error)}); run `assistant ingest --rebuild`"
        ) from error


def _check_format(found: int, of: str) -> None:
    if found != schema.FORMAT:
        raise IndexMismatchError(
            f"records in {of} have format {found}, this version reads {schema.FORMAT}; run `assistant ingest`"
        )


def _schema_name(index_dir: Path, generation: str) -> str:
    return _prefix(index_dir) + generation.lower().replace("-", "_")


def _prefix(index_dir: Path) -> str:
    """What the names of this data folder's schemas begin with; made up when it is first asked for."""
    file = index_dir / OWNER
    try:
        known = json.loads(file.read_text("utf-8"))
        if known["folder"] == str(index_dir.absolute()):
            return f"assistant_{known['id']}_"
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there yet, or copied from another data folder
    owner = {"id": secrets.token_hex(4), "folder": str(index_dir.absolute())}
    file.write_text(json.dumps(owner), "utf-8")
    return f"assistant_{owner['id']}_"
