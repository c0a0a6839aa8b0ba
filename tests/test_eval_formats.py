"""Sets in the formats of other tools: read as those tools write them, and written as they read them."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from eval_kit import CASES, answer_of, case_of, citation, reply_of, small_index

from assistant.errors import AssistantError
from assistant.index.reader import Index
from assistant.retrieval.encoder import Encoder, load_encoder
from assistant.retrieval.retriever import Retriever
from eval.beir import evaluate, read_collection, search
from eval.cases import Case, read_cases, validate
from eval.formats import (
    Foreign,
    read_beir,
    read_csv,
    read_govuk,
    read_ragas,
    to_cases,
    write_beir,
    write_cases,
    write_csv,
    write_govuk,
    write_ragas,
)

RAGAS = """\
{"user_input": "When was it launched?", "reference": "It was launched on 10 November 2020.", \
"reference_contexts": ["The Pact for Skills was launched on 10 November 2020 in Brussels."], \
"retrieved_contexts": [], "response": null}
{"user_input": "And who pays?"}
"""
CSV = """\
\ufeffQuestion,Ideal Answer\r
"How much, in EUR, does the ""textile voucher"" pay?",The textile voucher pays 500 EUR.\r
Is it free?,free\r
"""
GOVUK = """\
{"question": "How much is the fund?", "ideal_answer": "Up to 750 EUR in Gdansk.", "llm_answer": "x", \
"structured_contexts": [], "extra": 1}
"""


@pytest.fixture(scope="module")
def encoder_and_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Encoder, Index]]:
    settings = small_index(tmp_path_factory.mktemp("index"))
    encoder = load_encoder(settings)
    with Index.open(settings.index_dir, encoder_fingerprint=encoder.fingerprint) as index:
        yield encoder, index


@pytest.fixture(scope="module")
def encoder(encoder_and_index: tuple[Encoder, Index]) -> Encoder:
    return encoder_and_index[0]


@pytest.fixture(scope="module")
def index(encoder_and_index: tuple[Encoder, Index]) -> Index:
    return encoder_and_index[1]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [case_of(**case) for case in CASES]


def imported(questions: list[Foreign], index: Index, encoder: Encoder) -> tuple[list[Case], list[str]]:
    return to_cases(questions, index, Retriever(index, encoder))


def facts(case: Case) -> list[tuple[str, str, int]]:
    return [(nugget.alternatives[0], nugget.document, nugget.page) for nugget in case.gold.nuggets]


def beir_folder(folder: Path, **files: str) -> Path:
    known = {
        "corpus.jsonl": "\n".join(
            json.dumps({"_id": name, "title": title, "text": text})
            for name, title, text in [
                ("d1", "Launch", "The Pact for Skills was launched on 10 November 2020 in Brussels."),
                ("d2", "Vouchers", "The textile voucher pays 500 EUR for weavers in Porto."),
                ("d3", "Welders", "The regional fund pays up to 750 EUR for each welder in Gdansk."),
            ]
        ),
        "queries.jsonl": "\n".join(
            [
                '{"_id": "q1", "text": "money for weavers in Porto", "metadata": {}}',
                '{"_id": "q2", "text": "and how much is paid?", "history": ["fund for a welder in Gdansk"]}',
                '{"_id": "q3", "text": "without a judgement"}',
            ]
        ),
        "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\td2\t1\nq2\td3\t2\nq2\td1\t0\n",
    }
    for name, text in (known | files).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def test_ragas_samples_become_cases_with_gold_from_the_pages(
    index: Index, encoder: Encoder, tmp_path: Path
) -> None:
    (tmp_path / "set.jsonl").write_text(RAGAS, "utf-8")
    found, problems = imported(read_ragas(tmp_path / "set.jsonl"), index, encoder)
    assert [case.turns for case in found] == [("When was it launched?",)]
    assert facts(found[0]) == [
        ("10", "pact.pdf", 1),
        ("November", "pact.pdf", 1),
        ("2020", "pact.pdf", 1),
    ]
    assert problems == [
        "question 2 (And who pays?): no page says anything that can be checked in the ideal answer"
    ]


def test_a_csv_of_questions_and_ideal_answers_becomes_cases(
    index: Index, encoder: Encoder, tmp_path: Path
) -> None:
    (tmp_path / "set.csv").write_text(CSV, "utf-8", newline="")
    found, problems = imported(read_csv(tmp_path / "set.csv"), index, encoder)
    assert problems == []
    assert found[0].turns == ('How much, in EUR, does the "textile voucher" pay?',)
    assert ("500", "funding.pdf", 2) in facts(found[0])
    assert facts(found[1])[0][0] == "free"
    write_cases(tmp_path / "cases.jsonl", found)
    read, mistakes = read_cases(tmp_path / "cases.jsonl")
    assert [case.model_dump() for case in read] == [case.model_dump() for case in found]
    assert mistakes == []
    assert validate(read, lambda path, number: index.page(path, number).text) == []


def test_gov_uk_chats_lines_become_cases(index: Index, encoder: Encoder, tmp_path: Path) -> None:
    (tmp_path / "set.jsonl").write_text(GOVUK, "utf-8")
    (case,), problems = imported(read_govuk(tmp_path / "set.jsonl"), index, encoder)
    assert {("750", "funding.pdf", 1), ("Gdansk", "funding.pdf", 1)} <= set(facts(case))
    assert problems == []


def test_a_beir_folder_becomes_cases_with_its_relevant_texts_as_gold(
    index: Index, encoder: Encoder, tmp_path: Path
) -> None:
    found, problems = imported(read_beir(beir_folder(tmp_path)), index, encoder)
    text = "The textile voucher pays 500 EUR for weavers in Porto."
    assert facts(found[0]) == [(text, "funding.pdf", 2)]
    assert problems == []


def test_what_no_page_says_is_told_and_left_out(index: Index, encoder: Encoder) -> None:
    found, problems = imported([Foreign("How much?", "It pays 750 EUR and 99 PLN.")], index, encoder)
    assert found == []
    assert len(problems) == 1
    assert "'99'" in problems[0]


def test_ragas_gets_references_contexts_and_our_response(
    index: Index, cases: list[Case], tmp_path: Path
) -> None:
    answer = answer_of("It is **free**. [1]", citation(1, "pact.pdf", 2, "Joining is free."))
    write_ragas(tmp_path / "out.jsonl", cases[1:2], [reply_of(answer, id="fee")], index)
    assert json.loads((tmp_path / "out.jsonl").read_text("utf-8")) == {
        "user_input": "Is joining the Pact for Skills free of charge?",
        "reference": "Joining the Pact for Skills is free of charge for every firm.",
        "reference_contexts": ["Joining the Pact for Skills is free of charge for every firm."],
        "retrieved_contexts": ["Joining is free."],
        "response": "It is free.",
    }


def test_gov_uk_chat_gets_its_own_fields(index: Index, cases: list[Case], tmp_path: Path) -> None:
    answer = answer_of("It is free. [1]", citation(1, "pact.pdf", 2, "Joining is free."))
    write_govuk(tmp_path / "out.jsonl", cases[1:2], [reply_of(answer, id="fee")], index)
    line = json.loads((tmp_path / "out.jsonl").read_text("utf-8"))
    assert line["llm_answer"] == "It is free."
    assert line["structured_contexts"] == [
        {
            "exact_path": "pact.pdf#page=2",
            "title": "pact.pdf",
            "heading_hierarchy": None,
            "description": "",
            "html_content": "Joining is free.",
        }
    ]
    assert [each.question for each in read_govuk(tmp_path / "out.jsonl")] == list(cases[1].turns)


def test_a_csv_gets_a_line_for_each_case_answered_or_not(
    index: Index, cases: list[Case], tmp_path: Path
) -> None:
    write_csv(tmp_path / "out.csv", cases, [], index)
    rows = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8", newline="")))
    assert [row["question"] for row in rows] == [case.turns[0] for case in cases]
    assert {row["answer"] for row in rows} == {""}
    assert read_csv(tmp_path / "out.csv")[1].ideal_answer == cases[1].gold.nuggets[0].quote


def test_an_exported_beir_folder_can_be_searched(
    index: Index, cases: list[Case], encoder: Encoder, tmp_path: Path
) -> None:
    write_beir(tmp_path / "beir", cases, [], index)
    collection = read_collection(tmp_path / "beir")
    assert len(collection.documents) == 4
    assert collection.qrels["voucher"] == {"funding.pdf#page=2": 1}
    assert evaluate(collection, encoder)["both"] == {"nDCG@10": 1.0, "R@5": 1.0, "RR@10": 1.0}


def test_history_is_searched_along_and_unjudged_queries_are_left_out(
    encoder: Encoder, tmp_path: Path
) -> None:
    collection = read_collection(beir_folder(tmp_path))
    assert collection.qrels == {"q1": {"d2": 1}, "q2": {"d3": 2}}
    rankings = search(collection, encoder)
    assert set(rankings) == {"both", "dense", "lexical"}
    assert {name: found[0] for name, found in rankings["both"].items()} == {"q1": "d2", "q2": "d3"}


def test_a_query_that_finds_nothing_counts_zero(encoder: Encoder, tmp_path: Path) -> None:
    queries = '{"_id": "q1", "text": "weavers"}\n{"_id": "q2", "text": "zzzz"}'
    found = evaluate(read_collection(beir_folder(tmp_path, **{"queries.jsonl": queries})), encoder)
    assert found["lexical"] == {"nDCG@10": 0.5, "R@5": 0.5, "RR@10": 0.5}  # 1 for q1, 0 for q2


def test_trecs_qrels_are_read_too(tmp_path: Path) -> None:
    folder = beir_folder(tmp_path, **{"qrels.tsv": "q1\t0\td2\t1\n"})
    assert read_collection(folder).qrels == {"q1": {"d2": 1}}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"corpus.jsonl": '{"_id": "d1"}'}, "corpus.jsonl, line 1: text is missing"),
        ({"queries.jsonl": "\n{"}, "queries.jsonl, line 2: not JSON"),
        ({"qrels/test.tsv": "q1\td2\t1\nq1\td2\tmany\n"}, "line 2: wanted query, document and relevance"),
        ({"qrels/test.tsv": "q9\td2\t1\n"}, "no query of .* has a relevant document"),
    ],
)
def test_mistakes_in_a_collection_are_told_with_their_line(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    with pytest.raises(AssistantError, match=message):
        read_collection(beir_folder(tmp_path, **files))


def test_a_csv_without_questions_is_refused(tmp_path: Path) -> None:
    (tmp_path / "set.csv").write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(AssistantError, match=r"has no column question; it has a, b"):
        read_csv(tmp_path / "set.csv")
