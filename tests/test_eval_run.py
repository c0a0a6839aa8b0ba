"""Runs over a small real index: what is kept, what goes on, what fails and what the report shows."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from eval_kit import CASES, case_of, small_index, write_questions

from assistant.errors import AssistantError
from assistant.index.reader import Index
from assistant.retrieval.encoder import load_encoder
from assistant.retrieval.retriever import Channels, Retriever
from assistant.settings import Settings
from eval import runner
from eval.cases import Case
from eval.compare import Outcome, outcome_of, read_floors
from eval.report import as_csv, as_html, as_markdown, write_report
from eval.runner import Run
from eval.score import Reply
from eval.systems import OneChannelRetriever, Rankings, System, build_system

NAMES = [case["id"] for case in CASES]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return small_index(tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_questions(tmp_path_factory.mktemp("questions"))


@pytest.fixture(scope="module")
def made(settings: Settings, questions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a finished run of ours; tests copy it."""
    folder = tmp_path_factory.mktemp("made") / "run"
    begun = begin(folder, settings, questions)
    runner.answer(begun, runner.builder(settings))
    runner.evaluate(begun, settings)
    return folder


def begin(folder: Path, settings: Settings, questions: Path, *, systems=("ours",), repeats=1) -> Run:
    cases = runner.select(questions)
    config = runner.resolve(settings, cases, questions=str(questions), systems=list(systems), repeats=repeats)
    return runner.start(folder, config, cases)


class Wrapped:
    """A system whose replies are changed, and counted."""

    name = "ours"

    def __init__(self, inner: System, change: Callable[[Reply], Reply] = lambda reply: reply) -> None:
        self._inner = inner
        self._change = change
        self.asked: list[str] = []

    def reply(self, case: Case) -> Reply:
        self.asked.append(case.id)
        return self._change(self._inner.reply(case))

    def close(self) -> None:
        self._inner.close()


@pytest.fixture
def ours(settings: Settings) -> Iterator[System]:
    system = build_system("ours", settings)
    yield system
    system.close()


def shifted(reply: Reply) -> Reply:
    """Every citation one page further: on a two-page document 1 becomes 2 and 2 becomes 3."""
    answers = [
        answer.model_copy(
            update={"citations": [c.model_copy(update={"page": c.page + 1}) for c in answer.citations]}
        )
        for answer in reply.answers
    ]
    return reply.model_copy(update={"answers": answers})


def outcome(run: Run, *, baseline: Run | None = None) -> Outcome:
    floors = read_floors("dev", whole_split=False)
    return outcome_of(run.rows, floors, baseline=baseline.rows if baseline else [])


def test_a_run_keeps_replies_in_input_order_with_rows_and_totals(made: Path) -> None:
    run = runner.load(made)
    assert [reply.id for reply in run.replies] == [row.id for row in run.rows] == NAMES
    assert run.config.cases == NAMES
    whole = json.loads((made / "totals.json").read_text("utf-8"))["ours"]["all"]
    assert whole["cases"] == len(NAMES)
    assert whole["measures"]["quote_on_page"] == {
        "mean": 1.0, "low": 1.0, "high": 1.0, "n": len(NAMES), "undefined": 0,
    }  # fmt: skip
    assert whole["measures"]["fully_correct"]["mean"] == 1.0
    assert (made / "problems.jsonl").read_text("utf-8") == ""
    assert not outcome(run).failed


def test_citations_shifted_by_one_page_fail_the_run_and_name_the_cases(
    settings: Settings, questions: Path, made: Path, ours: System, tmp_path: Path
) -> None:
    run = begin(tmp_path / "bad", settings, questions)
    runner.answer(run, lambda name: Wrapped(ours, shifted))
    runner.evaluate(run, settings)
    found = outcome(run, baseline=runner.load(made))
    assert found.failed
    (miss,) = found.misses
    assert (miss.measure, miss.found, set(miss.cases)) == ("quote_on_page", 0.0, set(NAMES))
    losses = {loss.measure: set(loss.worse) for loss in found.losses}
    assert losses == {"quote_on_page": set(NAMES), "citation_precision": set(NAMES)}
    page = as_html(run, found)
    assert "quote_on_page is 0.000, below the floor of 1.000" in page
    assert all(name in page for name in NAMES)


def test_the_same_run_again_has_no_differences(made: Path) -> None:
    run = runner.load(made)
    found = outcome(run, baseline=run)
    assert found.compared
    assert {(each.gain, each.low, each.high, each.worse) for each in found.compared} == {(0.0, 0.0, 0.0, ())}
    assert not found.failed


def test_an_unfinished_run_goes_on_after_the_last_whole_line(
    settings: Settings, questions: Path, made: Path, ours: System, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(made, folder)
    (folder / "totals.json").unlink()
    lines = (folder / "answers.jsonl").read_text("utf-8").splitlines()
    (folder / "answers.jsonl").write_text("\n".join(lines[:2]) + "\n" + lines[2][:50], "utf-8")
    wrapped = Wrapped(ours)
    run = begin(folder, settings, questions)
    runner.answer(run, lambda name: wrapped)
    assert wrapped.asked == NAMES[2:]
    assert [reply.id for reply in run.replies] == NAMES


def test_a_finished_run_is_replaced(
    settings: Settings, questions: Path, made: Path, ours: System, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(made, folder)
    wrapped = Wrapped(ours)
    runner.answer(begin(folder, settings, questions), lambda name: wrapped)
    assert wrapped.asked == NAMES


def test_a_folder_with_other_things_is_left_alone(
    settings: Settings, questions: Path, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(AssistantError, match="is not empty and holds no run"):
        begin(tmp_path, settings, questions)
    assert (tmp_path / "thesis.txt").read_text() == "precious"


def test_workers_change_neither_order_nor_answers(
    settings: Settings, questions: Path, ours: System, made: Path, tmp_path: Path
) -> None:
    cases = runner.select(questions)
    config = runner.resolve(settings, cases, questions=str(questions), systems=["ours"])
    side_by_side = runner.start(tmp_path / "run", config, cases)
    runner.answer(side_by_side, lambda name: ours, workers=3)
    alone = runner.load(made).replies
    assert [reply.id for reply in side_by_side.replies] == [reply.id for reply in alone]
    for one, other in zip(alone, side_by_side.replies, strict=True):
        assert [answer.text for answer in one.answers] == [answer.text for answer in other.answers]


def test_repeats_answer_again(settings: Settings, questions: Path, ours: System, tmp_path: Path) -> None:
    wrapped = Wrapped(ours)
    run = begin(tmp_path / "run", settings, questions, repeats=2)
    runner.answer(run, lambda name: wrapped)
    runner.evaluate(run, settings)
    assert wrapped.asked == NAMES * 2
    assert [(reply.repeat, reply.id) for reply in run.replies] == [
        (n, each) for n in (1, 2) for each in NAMES
    ]
    assert run.totals["ours"]["all"]["measures"]["status"]["n"] == len(NAMES)  # repeats are no more cases


def test_a_case_that_breaks_is_a_problem_counts_zero_and_stops_no_other(
    settings: Settings, questions: Path, ours: System, tmp_path: Path
) -> None:
    def break_one(reply: Reply) -> Reply:
        if reply.id == "fee":
            raise RuntimeError("out of luck")
        return reply

    run = begin(tmp_path / "run", settings, questions)
    runner.answer(run, lambda name: Wrapped(ours, break_one))
    runner.evaluate(run, settings)
    (problem,) = (tmp_path / "run" / "problems.jsonl").read_text("utf-8").splitlines()
    assert json.loads(problem) == {
        "id": "fee", "system": "ours", "repeat": 1, "problem": "RuntimeError: out of luck",
    }  # fmt: skip
    assert run.totals["ours"]["all"]["measures"]["fully_correct"]["mean"] == pytest.approx(4 / 5)


def test_scoring_again_gives_the_same_and_leaves_the_answers(settings: Settings, made: Path) -> None:
    before = {file.name: file.read_bytes() for file in made.iterdir()}
    runner.evaluate(runner.load(made), settings)
    assert {file.name: file.read_bytes() for file in made.iterdir() if file.name in before} == before


def test_a_case_that_left_the_question_set_is_named(made: Path, questions: Path, tmp_path: Path) -> None:
    fewer = tmp_path / "fewer.jsonl"
    fewer.write_text("\n".join(questions.read_text("utf-8").splitlines()[1:]), "utf-8")
    shutil.copytree(made, tmp_path / "run")
    config = json.loads((made / "config.json").read_text("utf-8")) | {"questions": str(fewer)}
    (tmp_path / "run" / "config.json").write_text(json.dumps(config), "utf-8")
    with pytest.raises(AssistantError, match="no longer has: launch; run again"):
        runner.load(tmp_path / "run")


def test_the_configuration_holds_no_secret(settings: Settings, questions: Path) -> None:
    told = settings.model_copy(update={"llm_api_key": Settings(llm_api_key="sk-secret").llm_api_key})
    config = runner.resolve(told, runner.select(questions), questions="q", systems=["ours"])
    assert "sk-secret" not in config.model_dump_json()


def test_mistakes_and_empty_selections_are_told(questions: Path, tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match="none of the 5 cases"):
        runner.select(questions, language="fi")
    (tmp_path / "q.jsonl").write_text('{"id": "x"}\n', "utf-8")
    with pytest.raises(AssistantError, match=r"1 mistakes in the question set:\n.*q\.jsonl:1: "):
        runner.select(tmp_path / "q.jsonl")


def test_the_report_needs_nothing_but_itself(made: Path) -> None:
    page = write_report(runner.load(made), Outcome()).read_text("utf-8")
    assert not re.search(r"<(script|link|iframe|img)\b", page, re.IGNORECASE)
    assert not re.search(r"""(src|href)\s*=|url\(|@import""", page, re.IGNORECASE)
    assert all(f"<b>{name}</b>" in page for name in NAMES)
    assert "prefers-color-scheme: dark" in page
    assert 'name="viewport"' in page


def test_text_of_questions_and_answers_is_escaped(made: Path) -> None:
    run = runner.load(made)
    evil = run.cases["fee"].model_copy(update={"turns": ("<script>alert(1)</script>",)})
    run.cases["fee"] = evil
    page = as_html(run, Outcome())
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_markdown_and_csv_show_the_same_figures(made: Path) -> None:
    run = runner.load(made)
    assert "| Fully correct | 100.0 % (100.0 %–100.0 %; 5) |" in as_markdown(run.totals)
    assert "| worker | 100.0 % (100.0 %–100.0 %; 1) |" in as_markdown(run.totals)
    lines = as_csv(run.rows).splitlines()
    assert len(lines) == len(NAMES) + 1
    assert lines[1].startswith("launch,ours,1,date,en,none,complete,1.0,1.0,1.0,")


def test_floors_of_a_split_hold_for_the_whole_split_only(tmp_path: Path) -> None:
    file = tmp_path / "floors.toml"
    file.write_text("[always]\nno_leak = 1.0\n[dev]\nstatus = 0.9\n", "utf-8")
    assert read_floors("dev", whole_split=True, file=file) == {"no_leak": 1.0, "status": 0.9}
    assert read_floors("dev", whole_split=False, file=file) == {"no_leak": 1.0}
    file.write_text("[dev]\nbeauty = 1.0\n", "utf-8")
    with pytest.raises(AssistantError, match="names beauty; the measures are status"):
        read_floors("dev", whole_split=True, file=file)


@pytest.mark.parametrize("channels", ["lexical", "dense"])
def test_one_channel_ranks_alone_and_keeps_the_scores_of_the_other(
    settings: Settings, channels: Channels
) -> None:
    question = "Who pays for the vouchers of welders?"
    encoder = load_encoder(settings)
    with Index.open(settings.index_dir, encoder_fingerprint=encoder.fingerprint) as index:
        alone = Retriever(index, encoder).search(question, channels=channels)
        both = {hit.chunk.chunk_id: hit for hit in Retriever(index, encoder).search(question)}
        found = OneChannelRetriever(index, encoder, channels).search(question)
    assert [(hit.chunk, hit.score) for hit in found] == [(hit.chunk, hit.score) for hit in alone]
    assert [hit.score for hit in found] != [both[hit.chunk.chunk_id].score for hit in found]
    for hit in found:
        assert hit.dense_similarity == both[hit.chunk.chunk_id].dense_similarity is not None
        assert hit.lexical_score == both[hit.chunk.chunk_id].lexical_score


@pytest.mark.parametrize("channels", ["lexical", "dense"])
def test_the_assistant_of_one_channel_answers_from_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, channels: Channels
) -> None:
    monkeypatch.setattr(OneChannelRetriever, "search", lambda *arguments, **options: [])
    system = build_system(channels, settings)
    reply = system.reply(case_of(**CASES[0]))
    system.close()
    assert reply.answers[0].status == "not_found"
    assert reply.ranking[0] == ("pact.pdf", 1)


def test_gold_evidence_quotes_gold_pages_only(settings: Settings, questions: Path) -> None:
    system = build_system("gold_evidence", settings)
    for case in runner.select(questions):
        (nugget,) = case.gold.nuggets
        cited = {(c.document, c.page) for c in system.reply(case).answers[-1].citations}
        assert cited == {(nugget.document, nugget.page)}
    system.close()


def test_retrieval_alone_ranks_pages_once_each(settings: Settings, questions: Path) -> None:
    system = Rankings(settings)
    replies = {case.id: system.reply(case) for case in runner.select(questions)}
    system.close()
    assert replies["welder"].ranking[0] == ("funding.pdf", 1)
    assert all(len(set(reply.ranking)) == len(reply.ranking) == 4 for reply in replies.values())
    assert all(reply.answers == [] for reply in replies.values())


def test_the_plain_pipeline_cites_the_pages_of_its_chunks_and_keeps_its_index(
    settings: Settings, questions: Path
) -> None:
    system = build_system("plain", settings)
    reply = system.reply(runner.select(questions)[2])
    assert reply.answers[0].citations[0].document == "funding.pdf"
    assert reply.ranking[0] == ("funding.pdf", 1)
    (folder,) = (settings.data_dir / "eval").iterdir()
    stamp = (folder / "done").stat().st_mtime_ns
    build_system("plain", settings)
    assert (folder / "done").stat().st_mtime_ns == stamp


def test_an_unknown_system_is_named_with_the_known_ones(settings: Settings) -> None:
    with pytest.raises(AssistantError, match="no system 'theirs'; there is: ours, lexical, dense, plain"):
        build_system("theirs", settings)


def test_the_projects_own_floors_can_be_read() -> None:
    promises = {"quote_on_page": 1.0, "number_support": 1.0, "citation_recall": 1.0, "no_leak": 1.0}
    assert read_floors("all", whole_split=True) == promises
    for split in ("dev", "test"):
        assert read_floors(split, whole_split=True).keys() > promises.keys()
