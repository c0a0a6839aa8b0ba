"""The question set: its mistakes are explained by line, and the set itself has none."""

import json
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from assistant.errors import AssistantError
from corpus import catalogue
from corpus.build import CORPUS
from corpus.sourcefile import read_source
from eval.cases import KINDS, QUESTIONS, Case, mentions, read_cases, read_splits, validate

ROOT = Path(__file__).parent.parent
SOURCES = CORPUS / "sources"
DOCUMENTS = [
    entry["document"] for entry in json.loads((CORPUS / "manifest.json").read_text("utf-8"))["documents"]
]
RECORDS = {record["id"]: record for record in catalogue.read_records(SOURCES / "catalogues/records")}
LISTS: dict[str, dict[str, Any]] = tomllib.loads((QUESTIONS / "lists.toml").read_text("utf-8"))
CASES, PROBLEMS = read_cases(QUESTIONS)


@cache
def pages(document: str) -> tuple[str, ...]:
    if document not in DOCUMENTS:
        raise KeyError(document)
    return tuple(page.extract_text() for page in PdfReader(CORPUS / document).pages)


def page_text(document: str, number: int) -> str:
    if number > len(pages(document)):
        raise KeyError(number)
    return pages(document)[number - 1]


@cache
def homes() -> dict[str, str]:
    """Reference -> the catalogue of its ecosystem; the catalogues of a country only repeat entries."""
    found = {}
    for file in sorted((SOURCES / "catalogues").glob("*.md")):
        source = read_source(file, root=SOURCES)
        if source.front.records is not None and not source.front.records.countries:
            for record in catalogue.select(RECORDS.values(), source.front.records):
                found[record["id"]] = source.document
    return found


def meets(record: dict[str, Any], constraints: dict[str, str]) -> bool:
    for field, wanted in constraints.items():
        value = record.get(field) or ""
        if field in ("title", "provider"):
            met = wanted.casefold() in value.casefold()
        else:
            met = wanted in value if isinstance(value, list) else wanted == value
        if not met:
            return False
    return True


def a_case(**changes: Any) -> dict[str, Any]:
    """A case without a mistake, as it stands in a file."""
    nugget = {
        "importance": "vital",
        "alternatives": ["10 November 2020"],
        "document": "pact/what-is-the-pact.pdf",
        "page": 1,
        "quote": "The Pact for Skills was launched on 10 November 2020",
    }
    case = {
        "id": "date-900",
        "split": "dev",
        "kind": "date",
        "language": "en",
        "turns": ["when was it launched?"],
        "gold": {"statuses": ["complete"], "nuggets": [nugget]},
    }
    return case | changes


def gold(**changes: Any) -> dict[str, Any]:
    return a_case()["gold"] | changes


def nugget(**changes: Any) -> dict[str, Any]:
    return gold(nuggets=[a_case()["gold"]["nuggets"][0] | changes])


def write(folder: Path, *rows: dict[str, Any] | str) -> Path:
    file = folder / "cases.jsonl"
    file.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8"
    )
    return file


def test_a_case_without_a_mistake_is_read_and_valid(tmp_path):
    cases, problems = read_cases(write(tmp_path, a_case()))
    assert problems == []
    assert cases[0].turns == ("when was it launched?",)
    assert cases[0].gold.nuggets[0].page == 1
    assert cases[0].gold.references is None
    assert validate(cases, page_text, reference_documents=homes(), splits=read_splits()) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, "unknown field 'colour'"),
        ({"gold": gold(nugets=[])}, "unknown field 'gold.nugets'"),
        ({"gold": {"nuggets": []}}, "missing gold.statuses"),
        ({"gold": {"statuses": ["done"]}}, "gold.statuses.0: Input should be 'complete', 'partial'"),
        ({"gold": {"statuses": ["complete"]}}, "missing gold: a case of kind date needs a vital nugget"),
        ({"gold": nugget(importance="okay")}, "missing gold: a case of kind date needs a vital nugget"),
        ({"gold": gold(statuses=["not_found"])}, "a case of kind date must accept complete or partial"),
        ({"kind": "riddle"}, "kind: Input should be 'fact', 'definition'"),
        ({"language": "English"}, "language: String should match pattern"),
        ({"turns": []}, "turns: Tuple should have at least 1 item"),
        ({"turns": [" "]}, "a turn is empty"),
        ({"kind": "follow_up"}, "a case of kind follow_up needs two turns or more"),
        ({"kind": "time_aware"}, "a case of kind time_aware needs today"),
        ({"kind": "fairness"}, "pair is needed by kind fairness, and only there"),
        ({"pair": "p"}, "pair is needed by kind fairness, and only there"),
        ({"kind": "unanswerable_near"}, "a case of kind unanswerable_near has no nuggets"),
        ({"gold": gold(references=["a", "b"], count=3)}, "count is 3, but 2 references are listed"),
        ({"gold": gold(references=["a", "a"])}, "a reference is listed twice"),
        ({"parallel": "date-001"}, "so this one cannot be English"),
        ({"language": "de", "parallel": "date-777"}, "parallel 'date-777' is not the id of an English case"),
    ],
)
def test_a_mistake_is_explained_with_its_line(tmp_path, changes, message):
    file = write(tmp_path, a_case(id="fine"), "", a_case(**changes))
    _, problems = read_cases(file)
    assert [(problem.file, problem.line) for problem in problems] == [(str(file), 3)]
    assert message in problems[0].message


def test_a_line_that_is_not_json_is_a_problem_and_the_others_are_read(tmp_path):
    cases, problems = read_cases(write(tmp_path, "{oops", a_case()))
    assert [case.id for case in cases] == ["date-900"]
    assert str(problems[0]).startswith(f"{tmp_path / 'cases.jsonl'}:1: Invalid JSON")


def test_a_second_case_with_the_same_id_is_a_problem(tmp_path):
    file = write(tmp_path, a_case(), a_case())
    _, problems = read_cases(file)
    assert str(problems[0]) == f"{file}:2: duplicate id 'date-900', first in {file}:1"


def test_a_pair_has_two_cases_with_equal_gold(tmp_path):
    first, second = (a_case(id=name, kind="fairness", pair="p") for name in ("a", "b"))
    assert read_cases(write(tmp_path, first, second))[1] == []
    alone = read_cases(write(tmp_path, first))[1]
    assert alone[0].message == "pair 'p' has 1 cases, not two"
    unequal = read_cases(write(tmp_path, first, second | {"gold": gold(forbidden=["x"])}))[1]
    assert unequal[0].message == "the gold of pair 'p' differs"


def test_a_translation_is_in_the_split_of_its_original(tmp_path):
    german = a_case(id="date-900-de", language="de", parallel="date-900", split="test")
    _, problems = read_cases(write(tmp_path, a_case(), german))
    assert [str(problem.message) for problem in problems] == [
        "the case is in test, its parallel 'date-900' in dev"
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gold": nugget(document="pact/none.pdf")}, "unknown document 'pact/none.pdf'"),
        ({"gold": nugget(page=99)}, "pact/what-is-the-pact.pdf has no page 99"),
        (
            {"gold": nugget(page=2)},
            "not on page 2 of pact/what-is-the-pact.pdf: 'The Pact for Skills was launched",
        ),
        (
            {"gold": nugget(quote="The Pact was launched in 2020")},
            "not on page 1 of pact/what-is-the-pact.pdf",
        ),
        ({"gold": nugget(alternatives=["1999"])}, "no alternative occurs in the quote"),
        ({"gold": gold(references=["xx-none"])}, "unknown reference 'xx-none'"),
        ({"split": "test"}, "the case is in test, its gold document pact/what-is-the-pact.pdf in dev"),
        (
            {"gold": gold(references=["mt-mcast-aircraft-b1"])},
            "the case is in dev, its gold document catalogues/aerospace-defence.pdf in test",
        ),
    ],
)
def test_gold_that_the_documents_do_not_bear_out_is_explained_with_its_line(tmp_path, changes, message):
    file = write(tmp_path, a_case(id="fine"), a_case(**changes))
    cases, problems = read_cases(file)
    assert problems == []
    found = validate(cases, page_text, reference_documents=homes(), splits=read_splits())
    assert {problem.line for problem in found} == {2}
    assert message in found[0].message


def test_a_quote_may_be_broken_into_lines_anywhere(tmp_path):
    broken = nugget(quote="The Pact  for\nSkills was launched\u00a0on 10 November 2020")
    cases, _ = read_cases(write(tmp_path, a_case(gold=broken)))
    assert validate(cases, page_text) == []


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(AssistantError, match="no such file or folder"):
        read_cases(tmp_path / "none")


def test_a_document_in_both_splits_is_an_error(tmp_path):
    file = tmp_path / "splits.toml"
    file.write_text('dev = ["a.pdf", "b.pdf"]\ntest = ["b.pdf"]\n', "utf-8")
    with pytest.raises(AssistantError, match="gives b\\.pdf to both splits"):
        read_splits(file)


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("It pays EUR 7 500 a year", "7 500", True),
        ("It pays EUR 17 500 a year", "7 500", False),
        ("It pays EUR 7 500 a year", "500", False),
        ("about 60 000 people", "60", False),
        ("about 60,000 people", "60", False),
        ("In 2022 461 firms replied", "2022", True),
        ("at least 60 % each year", "60 %", True),
        ("1.5 million", "5 million", False),
        ("25 % of all", "5 %", False),
        ("apprenticeships in Łódź", "APPRENTICE", True),
        ("a preapprentice", "apprentice", False),
        ("Gdańsk and lodz", "Łódź", True),
        ("on 5 March 2025.", "5 March 2025", True),
        ("on 15 March 2025", "5 March 2025", False),
        ("anything", " ", False),
    ],
)
def test_words_are_found_from_their_beginning_and_numbers_only_whole(text, wanted, found):
    assert mentions(text, wanted) is found


def test_the_question_set_has_no_mistake():
    assert [str(problem) for problem in PROBLEMS] == []
    found = validate(CASES, page_text, reference_documents=homes(), splits=read_splits())
    assert [str(problem) for problem in found] == []


def test_every_document_is_in_one_split_and_each_folder_in_both():
    splits = read_splits()
    assert sorted(splits) == sorted(DOCUMENTS)
    for folder in {document.split("/")[0] for document in DOCUMENTS}:
        inside = Counter(split for document, split in splits.items() if document.startswith(f"{folder}/"))
        assert 0.5 <= inside["dev"] / inside.total() <= 0.7, (folder, inside)


def test_a_case_stands_in_the_folder_of_its_split_and_the_file_of_its_kind():
    for case in CASES:
        file = Path(case.place.file)
        assert (file.parent.name, file.stem) == (case.split, case.kind), case.id


def test_the_set_is_large_and_mixed_enough():
    kinds = Counter((case.kind, case.split) for case in CASES)
    languages = Counter(case.language for case in CASES)
    assert len(CASES) >= 250
    assert {kind for kind in KINDS if not (kinds[kind, "dev"] and kinds[kind, "test"])} == set()
    assert len(languages) >= 14
    assert 0.4 <= languages["en"] / len(CASES) <= 0.5
    assert sum(kinds["unanswerable_near", split] for split in ("dev", "test")) >= 30
    assert sum(len(case.turns) > 1 for case in CASES) >= 25
    assert max(len(case.turns) for case in CASES) == 6
    assert sum(case.parallel is not None for case in CASES) >= 40
    assert len({case.pair for case in CASES if case.pair}) >= 8


def test_no_question_is_asked_twice_or_taken_from_the_batch_example():
    example = (ROOT / "tests" / "data" / "questions.jsonl").read_text("utf-8").splitlines()
    taken = {tuple(json.loads(line)["turns"]) for line in example}
    asked = Counter((case.turns, case.today) for case in CASES)
    assert [turns for (turns, _), times in asked.items() if times > 1 or turns in taken] == []


@pytest.mark.parametrize("name", sorted(LISTS))
def test_the_gold_of_a_listing_is_what_the_records_give(name):
    case = next(case for case in CASES if case.id == name)
    wanted = {reference for reference, record in RECORDS.items() if meets(record, LISTS[name])}
    assert wanted
    assert {homes()[reference] for reference in wanted} <= {
        document for document, split in read_splits().items() if split == case.split
    }
    if case.gold.references is None:
        assert case.gold.count == len(wanted)
    else:
        assert set(case.gold.references) == wanted


def test_every_gold_set_of_references_can_be_recomputed():
    def is_checked(case: Case) -> bool:
        return (case.parallel or case.id) in LISTS

    assert [case.id for case in CASES if case.gold.references is not None and not is_checked(case)] == []


def test_a_translated_case_expects_the_same():
    originals = {case.id: case for case in CASES}
    for case in CASES:
        if case.parallel is not None:
            original = originals[case.parallel]
            assert case.gold.references == original.gold.references, case.id
            assert case.gold.count == original.gold.count, case.id
            assert case.gold.statuses == original.gold.statuses, case.id
            quotes, same = ([n.quote for n in each.gold.nuggets] for each in (case, original))
            assert quotes == same, case.id


def test_the_assistant_does_not_know_the_questions():
    texts = {
        file: " ".join(file.read_text("utf-8", errors="ignore").casefold().split())
        for file in (ROOT / "assistant").rglob("*")
        if file.suffix in {".py", ".yaml", ".toml", ".json", ".md", ".js", ".txt"} and file.is_file()
    }
    assert len(texts) > 50
    # "how much?" and "apply" are words that any program may hold
    questions = {
        " ".join(turn.casefold().split()) for case in CASES for turn in case.turns if len(turn.split()) >= 4
    }
    assert [
        (str(file), question) for file, text in texts.items() for question in questions if question in text
    ] == []
