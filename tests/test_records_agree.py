"""Conversation, command line and plain definition give the same set: 500 random wishes, said and flagged.

The words of the parts and the sentences around them stand in `data/wishes.yaml`.
"""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from index_kit import WordEncoder, write_pdf
from typer.testing import CliRunner

from assistant.cli import app
from assistant.index.reader import Index
from assistant.ingest.pipeline import ingest
from assistant.records.constraints import understand_need
from assistant.records.match import matches
from assistant.records.models import AnyRecord, Evidence, OpportunityRecord
from assistant.records.need import Need
from assistant.records.store import FILE, RecordStore, write_store
from assistant.records.vocabulary import AUDIENCES, KINDS, MODES
from assistant.settings import Settings

CASES = 500
TODAY = date(2026, 11, 24)
PARTS = yaml.safe_load((Path(__file__).parent / "data" / "wishes.yaml").read_text("utf-8"))
LANGUAGES = ("en",) * 7 + tuple(code for code in PARTS if code != "en")
TOPICS = ("welding", "lacquer", "Kubernetes", "viticulture")  # names stay the same in each language
ANY_COURSE = ("course", "mooc", "micro-credential")
OF_SETS = {
    "mode": "modes", "country": "countries", "language": "languages", "audience": "audiences",
    "ecosystem": "ecosystems",
}  # fmt: skip
CONSTRAINTS = (*OF_SETS, "free", "topic", "length", "max_cost", "eqf", "open")


@dataclass
class Wish:
    """One combination of constraints: in words, as flags, and as a need."""

    language: str
    count: bool
    said: dict[str, str] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    sentence: str = ""

    def add(self, slot: str, words: str, name: str, value: Any, *flags: str) -> None:
        self.said[slot] = f"{self.said.get(slot, '')} {words}"
        self.values[name] = value
        self.flags += flags


def wish(number: int) -> Wish:
    """The wish of that number, always the same."""
    draw = random.Random(number)
    language = draw.choice(LANGUAGES)
    parts = PARTS[language]
    made = Wish(language, count=bool(parts["count"]) and draw.random() < 0.3)
    kind, noun = draw.choice(list(parts["kind"].items()))
    kinds = ANY_COURSE if kind == "course" else (kind,)
    made.add("kind", noun, "kinds", kinds, *(word for each in kinds for word in ("--kind", each)))
    for name in draw.sample(CONSTRAINTS, draw.choice((1, 1, 2, 2, 3, 4))):
        add_constraint(made, name, parts, draw)
    slots = dict.fromkeys((*parts, "limit"), "") | made.said
    sentence = draw.choice(parts["count" if made.count else "list"]).format(**slots)
    made.sentence = " ".join(sentence.split()).replace(" ,", ",").replace(", ?", "?").removesuffix(",")
    return made


def add_constraint(made: Wish, name: str, parts: dict[str, Any], draw: random.Random) -> None:
    if name in OF_SETS:
        value, words = draw.choice(list(parts[name].items()))
        made.add(name, words, OF_SETS[name], (value,), f"--{name}", value)
    elif name == "free":
        made.add("free", parts["free"], "free", True, "--free")
    elif name == "topic":
        topic = draw.choice(TOPICS)
        made.add("topic", parts["topic"].format(topic), "topic", topic)
        made.flags.insert(0, topic)
    elif name == "max_cost":
        euro = draw.choice((50, 200, 1500))
        words = draw.choice(parts["max_cost"]).format(euro)
        made.add("limit", words, "max_cost_eur", float(euro), "--max-cost", str(euro))
    elif name == "length":
        which = draw.choice(("max_days", "min_days"))
        days, phrases = draw.choice(list(parts[which].items()))
        made.add("limit", draw.choice(phrases), which, days, f"--{which.replace('_', '-')}", str(days))
    elif name == "eqf":
        level = draw.randrange(2, 7)
        made.add("eqf", parts["eqf"].format(level), "eqf", level, "--eqf", str(level))
    elif name == "open":
        made.add("open", parts["open"], "open_on", TODAY, "--open-on", TODAY.isoformat())


def catalogue() -> list[OpportunityRecord]:
    """Offers of every kind, drawn so that most wishes are met by some."""
    draw = random.Random("catalogue")
    codes, spoken, sectors = (list(PARTS["en"][name]) for name in ("country", "language", "ecosystem"))
    offers = []
    for number in range(1500):
        title = f"{draw.choice((*TOPICS, 'bread', 'sewing'))} {number}"
        low, days = float(draw.choice((0, 40, 150, 900, 4000))), draw.choice((3, 7, 30, 90, 180, 400))
        level, year = draw.randrange(1, 8), draw.choice((2025, 2027, None))
        values = {
            "reference": f"r{number}",
            "title": title,
            "evidence": {"title": Evidence(document="a.pdf", page=1, text=title)},
            "kind": draw.choice(KINDS),
            "ecosystem": draw.choice(sectors),
            "countries": (draw.choice((*codes, "EU")),),
            "languages": tuple(dict.fromkeys(draw.choices(spoken, k=2))),
            "mode": draw.choice((*MODES, None)),
            "free": draw.choice((False, None)) if low else True,
            "cost_eur": (low, low),
            "duration_days": draw.choice(((days, days), (days, 2 * days), None)),
            "eqf": draw.choice(((level, level), (level, level + 1), None)),
            "audiences": draw.choice(((), (draw.choice(AUDIENCES),))),
            "deadline_on": year and date(year, 5, 1),
        }
        offers.append(OpportunityRecord.model_validate(values))
    return offers


RECORDS = catalogue()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose records are ours."""
    folder = tmp_path_factory.mktemp("agree")
    settings = Settings(data_dir=folder / "data", corpus_dir=folder / "corpus")
    write_pdf(settings.corpus_dir / "a.pdf", [["Some text."]])
    ingest(None, settings=settings, encoder_loader=lambda _: WordEncoder())
    with Index.open(settings.index_dir) as index:
        file = index.folder / FILE
    file.unlink()
    write_store(file, RECORDS)
    return settings.data_dir


@pytest.fixture(scope="module")
def store(data_dir: Path) -> Iterator[RecordStore]:
    (file,) = data_dir.rglob(FILE)
    opened = RecordStore.open(file)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def wishes() -> list[tuple[Wish, set[str]]]:
    """Each wish with the references that the plain definition finds."""
    made = [wish(number) for number in range(CASES)]
    return [(each, meeting(Need(action="list", **each.values))) for each in made]


def meeting(need: Need) -> set[str]:
    return references(record for record in RECORDS if matches(record, need))


def found(store: RecordStore, need: Need) -> set[str]:
    hits = store.find(need.model_copy(update={"limit": len(RECORDS)})).hits
    return references(hit.record for hit in hits)


def references(records: Iterable[AnyRecord]) -> set[str]:
    return {record.reference for record in records}


def test_wishes_differ_and_are_met_by_some_records(wishes: list[tuple[Wish, set[str]]]) -> None:
    sizes = [len(plain) for _, plain in wishes]
    assert sum(size > 0 for size in sizes) > CASES * 0.6
    assert max(sizes) < len(RECORDS) / 2
    assert len({each.sentence for each, _ in wishes}) > CASES * 0.95
    assert {each.language for each, _ in wishes} == set(PARTS)


def test_the_conversation_gives_the_set_of_the_plain_definition(
    store: RecordStore, wishes: list[tuple[Wish, set[str]]]
) -> None:
    wrong = []
    for each, plain in wishes:
        wanted = understand_need(each.sentence, each.language, today=TODAY, known=store.known_terms)
        is_read = wanted and (wanted.need.action, wanted.unknown) == ("count" if each.count else "list", ())
        if not wanted or not is_read or found(store, wanted.need) != plain:
            wrong.append(f"{each.language}: {each.sentence}\n  meant {each.values}\n  read {wanted}")
    assert not wrong, "\n".join(wrong)


def test_the_command_line_gives_the_set_of_the_plain_definition(
    data_dir: Path, wishes: list[tuple[Wish, set[str]]]
) -> None:
    runner = CliRunner()
    for each, plain in wishes:
        flags = [*each.flags, "--json", "--limit", str(len(RECORDS)), "--data-dir", str(data_dir)]
        done = runner.invoke(app, ["find", *flags])
        assert done.exit_code == (0 if plain else 1), (each.flags, done.output)
        told = json.loads(done.stdout)
        assert {record["reference"] for record in told["records"]} == plain, each.flags
        assert told["total"] == len(plain)
