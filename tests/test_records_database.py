"""Records in PostgreSQL: one schema for each generation, seen with it and gone with it; and clear errors."""

import shutil
import sys
from pathlib import Path

import pytest
from index_kit import WordEncoder, write_pdf
from postgres_server import PASSWORD, Server
from pydantic import SecretStr
from sqlalchemy import Connection, create_engine, inspect, text
from test_records_store import RECORDS, offer

from assistant.doctor import examine
from assistant.errors import (
    AssistantError,
    IndexDamagedError,
    IndexMismatchError,
    RecordDatabaseError,
    SettingsError,
)
from assistant.index.reader import Index
from assistant.index.writer import GenerationWriter
from assistant.ingest.pipeline import ingest
from assistant.records.database import NOTE, open_file, reach, write_records, write_store
from assistant.records.match import alternatives, score
from assistant.records.need import Need
from assistant.records.store import RecordStore
from assistant.retrieval.text import fold
from assistant.settings import Settings, load_settings

ENTRIES = [
    "# Courses",
    "Welding for beginners",
    "Provider: Harbour School",
    "Language: German",
    "Cost: free",
]


class Place:
    """A corpus of one catalogue, a data folder, and a database."""

    def __init__(self, folder: Path, url: str | None) -> None:
        folder.mkdir(exist_ok=True)
        self.settings = Settings(
            data_dir=folder / "data", corpus_dir=folder / "corpus", records_url=url and SecretStr(url)
        )
        self.write(cost="free")

    def write(self, cost: str) -> None:
        entry = [line.replace("free", cost) for line in ENTRIES]
        write_pdf(self.settings.corpus_dir / "catalogue.pdf", [entry])

    def set_url(self, url: str | None) -> None:
        self.settings = self.settings.model_copy(update={"records_url": url and SecretStr(url)})

    def ingest(self) -> str | None:
        return ingest(None, settings=self.settings, encoder_loader=lambda _: WordEncoder()).generation

    def costs(self) -> list[str]:
        """What the live records say."""
        with Index.open(self.settings.index_dir) as index:
            store = RecordStore.of_generation(index.folder, self.settings)
            try:
                return [record.cost for record in store.all("opportunity")]
            finally:
                store.close()


def names(server: Server) -> list[str]:
    """The schemas of all generations."""
    engine = create_engine(server.url.replace("postgresql:", "postgresql+pg8000:"))
    with engine.connect() as connection:
        found = inspect(connection).get_schema_names()
    engine.dispose()
    return [name for name in found if name.startswith("assistant_")]


def run_sql(server: Server, *statements: str) -> None:
    engine = create_engine(server.url.replace("postgresql:", "postgresql+pg8000:"))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def server(postgres: Server) -> Server:
    """The server without schemas of other tests."""
    run_sql(postgres, *(f"DROP SCHEMA {name} CASCADE" for name in names(postgres)))
    return postgres


def test_records_are_written_to_postgresql_and_not_to_the_data_folder(server: Server, tmp_path: Path) -> None:
    place = Place(tmp_path, server.url)
    generation = place.ingest()
    assert place.costs() == ["free"]
    assert generation
    (name,) = names(server)
    assert name.endswith(generation.lower().replace("-", "_"))
    assert not list(place.settings.index_dir.rglob("records.sqlite"))
    assert place.ingest() == generation  # nothing is new


def test_a_new_generation_replaces_the_old_one_in_the_database(server: Server, tmp_path: Path) -> None:
    place = Place(tmp_path, server.url)
    place.ingest()
    before = names(server)
    place.write(cost="90 EUR")
    place.ingest()
    assert place.costs() == ["90 EUR"]
    assert len(names(server)) == 1
    assert names(server) != before


def test_a_generation_that_is_still_read_keeps_its_records(server: Server, tmp_path: Path) -> None:
    place = Place(tmp_path, server.url)
    place.ingest()
    with Index.open(place.settings.index_dir) as index:
        store = RecordStore.of_generation(index.folder, place.settings)
        place.write(cost="90 EUR")
        place.ingest()
        assert [record.cost for record in store.all("opportunity")] == ["free"]
        assert len(names(server)) == 2
        store.close()
    place.write(cost="80 EUR")
    place.ingest()
    assert (place.costs(), len(names(server))) == (["80 EUR"], 1)


def test_an_ingestion_that_is_cut_off_leaves_the_last_records(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, server.url)
    place.ingest()

    def cut_off(*_: object, **__: object) -> None:
        raise OSError("no space left")

    place.write(cost="90 EUR")
    with monkeypatch.context() as patch:
        patch.setattr(GenerationWriter, "finish", cut_off)
        with pytest.raises(AssistantError, match="no space left"):
            place.ingest()
    assert place.costs() == ["free"]
    assert len(names(server)) == 2
    place.ingest()
    assert (place.costs(), len(names(server))) == (["90 EUR"], 1)


def test_records_are_written_whole_or_not_at_all(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "generations" / "one"
    folder.mkdir(parents=True)
    broken = RECORDS[0].model_copy(update={"free": "maybe"})
    with pytest.raises(RecordDatabaseError, match="invalid input syntax"):
        write_records(folder, [*RECORDS[:50], broken], SecretStr(server.url))
    assert names(server) == []
    assert not (folder / NOTE).exists()


def test_two_data_folders_share_a_database(server: Server, tmp_path: Path) -> None:
    one, other = Place(tmp_path / "one", server.url), Place(tmp_path / "other", server.url)
    other.write(cost="70 EUR")
    one.ingest()
    other.ingest()
    one.write(cost="90 EUR")
    one.ingest()
    assert (one.costs(), other.costs()) == (["90 EUR"], ["70 EUR"])
    assert len(names(server)) == 2


def test_a_copied_data_folder_never_drops_what_the_first_one_reads(server: Server, tmp_path: Path) -> None:
    one = Place(tmp_path / "one", server.url)
    one.ingest()
    shutil.copytree(tmp_path / "one", tmp_path / "copy")
    copy = Place(tmp_path / "copy", server.url)
    assert copy.costs() == ["free"]
    copy.write(cost="90 EUR")
    copy.ingest()
    assert len(names(server)) == 2
    assert one.costs() == ["free"]


def test_the_store_can_be_changed_both_ways_without_reading_documents_again(
    server: Server, tmp_path: Path
) -> None:
    place = Place(tmp_path, None)
    first = place.ingest()
    place.set_url(server.url)
    assert place.costs() == ["free"]  # still in the data folder
    second = place.ingest()
    place.set_url(None)
    with pytest.raises(RecordDatabaseError, match="ASSISTANT_RECORDS_URL is not set; set it, or run"):
        place.costs()
    third = place.ingest()
    assert len({first, second, third}) == 3
    assert place.costs() == ["free"]


def test_records_that_were_dropped_by_hand_are_named_and_written_anew(server: Server, tmp_path: Path) -> None:
    place = Place(tmp_path, server.url)
    place.ingest()
    (name,) = names(server)
    run_sql(server, f"DROP SCHEMA {name} CASCADE")
    with pytest.raises(IndexDamagedError, match=f"has no schema {name}, .*run `assistant ingest`"):
        place.costs()
    place.ingest()
    assert place.costs() == ["free"]


def test_a_connection_that_the_server_closed_is_made_anew(server: Server, tmp_path: Path) -> None:
    place = Place(tmp_path, server.url)
    place.ingest()
    with Index.open(place.settings.index_dir) as index:
        store = RecordStore.of_generation(index.folder, place.settings)
        assert store.count(Need()) == 1
        run_sql(
            server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'",
        )  # fmt: skip
        assert store.count(Need()) == 1
        store.close()


def test_a_connection_that_is_reset_is_made_anew_once(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, server.url)
    place.ingest()
    with Index.open(place.settings.index_dir) as index:
        store = RecordStore.of_generation(index.folder, place.settings)
        connect, resets = store._engine.connect, [ConnectionResetError(104, "reset"), None]

        def reset_once() -> Connection:
            if (error := resets.pop(0)) is not None:
                raise error
            return connect()

        monkeypatch.setattr(store._engine, "connect", reset_once)
        assert store.count(Need()) == 1
        resets += [ConnectionResetError(104, "reset")] * 2
        with pytest.raises(RecordDatabaseError, match="cannot be used for the records"):
            store.count(Need())
        store.close()


def unreachable(url: str) -> RecordDatabaseError:
    with pytest.raises(RecordDatabaseError) as caught:
        reach(SecretStr(url))
    return caught.value


def test_what_the_server_refuses_is_told_without_the_password(server: Server) -> None:
    closed = str(unreachable("postgresql://tester:hush@127.0.0.1:9/postgres"))
    assert closed.startswith("PostgreSQL at 127.0.0.1:9/postgres cannot be used for the records (")
    assert closed.endswith("or unset that and run `assistant ingest` to keep records in the data folder")
    wrong = str(unreachable(server.url.replace("tester:", "tester:hush")))
    assert 'password authentication failed for user "tester"' in wrong
    missing = str(unreachable(f"{server.url}-2"))
    assert 'database "postgres-2" does not exist' in missing
    for told in (closed, wrong, missing):
        assert "hush" not in told
        assert PASSWORD not in told


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (
            "mysql://me:hush@host/db",
            "ASSISTANT_RECORDS_URL is for mysql; give an address such as postgresql://",
        ),
        ("postgresql+asyncpg://me:hush@host/db", "is for postgresql\\+asyncpg; .*drivers: pg8000, psycopg"),
        ("postgresql://me:hush@host:port/db", "ASSISTANT_RECORDS_URL is malformed; give an address such as"),
        ("hush", "ASSISTANT_RECORDS_URL is malformed"),
    ],
)
def test_an_address_that_will_not_do_is_told_without_the_password(url: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as caught:
        reach(SecretStr(url))
    assert "hush" not in str(caught.value)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pg8000", None)
    with pytest.raises(SettingsError, match="its driver pg8000 is not installed; run `pip install pg8000`"):
        reach(SecretStr("postgresql://me:hush@host/db"))


def test_the_password_is_masked_wherever_settings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_RECORDS_URL", "postgresql://me:hush@host/db")
    settings = load_settings()
    assert settings.records_url is not None
    assert settings.records_url.get_secret_value().endswith("@host/db")
    assert "hush" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    with pytest.raises(SettingsError, match="ASSISTANT_RECORDS_URL is malformed: ") as caught:
        load_settings(records_url=["postgresql://me:hush@host/db"])
    assert "hush" not in str(caught.value)


def test_doctor_says_where_the_records_are(server: Server, tmp_path: Path) -> None:
    place = Place(tmp_path, None)

    def told() -> tuple[str, str]:
        (check,) = [each for each in examine(place.settings).checks if each.name == "records"]
        assert PASSWORD not in f"{check}"
        return check.state, f"{check.found} {check.advice}"

    assert told() == ("ok", "none yet; they will lie in SQLite ")
    place.ingest()
    assert told() == ("ok", "1 in SQLite ")
    place.set_url(server.url)
    state, found = told()
    assert (state, found) == ("warn", "1 in SQLite, not in PostgreSQL yet run `assistant ingest`")
    place.ingest()
    (name,) = names(server)
    assert told() == ("ok", f"1 in PostgreSQL at 127.0.0.1:{server.port}/postgres, schema {name} ")
    place.set_url("postgresql://tester:hush@127.0.0.1:9/postgres")
    state, found = told()
    assert state == "fail"
    assert found.startswith("PostgreSQL at 127.0.0.1:9/postgres cannot be used for the records")


def test_a_store_of_another_format_asks_for_an_ingestion(tmp_path: Path) -> None:
    write_store(tmp_path / "records.sqlite", RECORDS[:3])
    engine = create_engine(f"sqlite:///{tmp_path / 'records.sqlite'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 1")
    engine.dispose()
    with pytest.raises(
        IndexMismatchError, match="have format 1, this version reads 2; run `assistant ingest`"
    ):
        open_file(tmp_path / "records.sqlite")
    (tmp_path / "other.sqlite").write_bytes(b"no database, whatever its name says" * 99)
    with pytest.raises(IndexDamagedError, match="run `assistant ingest --rebuild`"):
        open_file(tmp_path / "other.sqlite")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_values_that_no_column_holds_do_no_harm(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "generations" / "one"
    folder.mkdir(parents=True)
    url = SecretStr(request.getfixturevalue("server").url) if kind == "postgresql" else None
    odd = offer(1, title="Nul\x00l", provider="a\x00b", city="%_\\", duration_days=(3, 10**30))
    endless = offer(3, title="x" * 9000, skills=("z" * 9000, "z" * 9001))
    endless = endless.model_copy(update={"reference": "y" * 9000})
    write_records(folder, [odd, offer(2, title="Ordinary", city="Porto"), endless], url)
    store = RecordStore.of_generation(folder, Settings(records_url=url))
    assert store.count(Need(min_days=1)) == 1
    assert store.count(Need(max_days=10**40)) == 1
    assert store.count(Need(eqf=10**40)) == 0
    assert store.count(Need(provider="ab")) == 1
    assert [hit.record.reference for hit in store.find(Need(action="list", city="%_\\")).hits] == ["r1"]
    assert store.find(Need(limit=10**30, offset=10**30)).hits == ()
    assert store.all() == [odd, store.all()[1], endless]
    assert store.titled(["x" * 9000, fold(odd.title)]) == [odd, endless]
    assert store.referenced("y" * 9000) == [endless]
    assert store.known_terms(["z" * 9001, "z"]) == {"z" * 9001}
    assert store.count(Need(action="list", topic="z" * 9000)) == 1
    assert [hit.record.reference for hit in store.similar(offer(4, title="Ordinary"))] == ["r2"]
    store.close()


def test_a_score_adds_topic_place_group_and_quality() -> None:
    record = RECORDS[0]
    need = Need(topic="welding", city="köln", audiences=("women",))
    assert len(alternatives(need)) == 1
    plain = score(record, Need())
    assert 0.0 < plain <= 0.3  # how complete it is
    assert score(record, need) == pytest.approx(4.0 + 2.0 + plain)  # "Welding" is in its title, Köln its city
