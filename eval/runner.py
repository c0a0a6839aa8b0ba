"""A run is a folder: what was asked of whom, what came back, and what it is worth.

config.json     what was run: cases, systems, settings, versions
answers.jsonl   one reply a line, in the order systems, repeats, cases
rows.jsonl      the values of each reply
totals.json     means with intervals, by system and group
problems.jsonl  what went wrong, by case

Answering and scoring are apart, so that a run can be scored again, by better measures or corrected gold,
without answering again. An unfinished run goes on where it stopped, if nothing that it depends on changed.
"""

import hashlib
import json
import platform
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant import __version__
from assistant.errors import AssistantError
from assistant.index.reader import Index
from assistant.settings import Settings
from eval.cases import QUESTIONS, Case, read_cases
from eval.pages import Pages, reference_pages
from eval.score import Reply, Row, compare_pairs, score
from eval.systems import System, build_system
from eval.totals import Totals, totals_of

CONFIG, ANSWERS, ROWS, TOTALS, PROBLEMS = (
    "config.json",
    "answers.jsonl",
    "rows.jsonl",
    "totals.json",
    "problems.jsonl",
)


class Config(BaseModel):
    """What was run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    questions: str
    """Path of the question set."""
    split: str = "dev"
    kind: str | None = None
    language: str | None = None
    limit: int | None = None
    systems: list[str]
    repeats: int = 1
    cases: list[str] = []
    """Ids, in the order of the question set."""
    settings: dict[str, Any] = {}
    version: str = __version__
    python: str = platform.python_version()
    code: str = ""
    """Hash of the assistant's source and of the turns asked: another one is another run."""
    index: str = ""
    """Generation that answered."""

    @property
    def is_whole_split(self) -> bool:
        """Whether no filter left cases of the split out."""
        return self.kind is None and self.language is None and self.limit is None


class Run:
    """An open run folder."""

    def __init__(self, folder: Path, config: Config, cases: Sequence[Case]) -> None:
        self.folder = folder
        self.config = config
        self.cases = {case.id: case for case in cases}

    @property
    def replies(self) -> list[Reply]:
        """What has been answered so far; a last line that was cut off is left out."""
        return list(_read_lines(self.folder / ANSWERS, Reply))

    @property
    def rows(self) -> list[Row]:
        """The values, as last scored."""
        file = self.folder / ROWS
        lines = file.read_text("utf-8").splitlines() if file.is_file() else []
        return [Row(**json.loads(line)) for line in lines]

    @property
    def totals(self) -> Totals:
        """The totals of `rows`."""
        return totals_of(self.rows)


def select(
    path: Path = QUESTIONS,
    *,
    split: str = "dev",
    kind: str | None = None,
    language: str | None = None,
    limit: int | None = None,
) -> list[Case]:
    """The cases of a question set that fit; split "all" takes both.

    Raises:
        AssistantError: the set has a mistake, or nothing fits.
    """
    cases, problems = read_cases(path)
    if problems:
        raise AssistantError(
            "\n".join([f"{len(problems)} mistakes in the question set:", *map(str, problems[:20])])
        )
    fitting = [
        case
        for case in cases
        if split in ("all", case.split) and kind in (None, case.kind) and language in (None, case.language)
    ]
    if not fitting:
        raise AssistantError(f"none of the {len(cases)} cases in {path} fits the filters")
    return fitting[:limit]


def start(folder: Path, config: Config, cases: Sequence[Case]) -> Run:
    """Open `folder` for a run: go on with the same unfinished one, else begin anew.

    Raises:
        AssistantError: the folder holds something that is no run.
    """
    file = folder / CONFIG
    if folder.is_dir() and any(folder.iterdir()) and not file.is_file():
        raise AssistantError(f"{folder} is not empty and holds no run; name another folder with --out")
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(folder, config, cases)
    goes_on = (
        file.is_file() and file.read_text("utf-8") == _as_json(config) and not (folder / TOTALS).is_file()
    )
    if goes_on:
        _write_lines(folder / ANSWERS, [reply.model_dump_json() for reply in run.replies])
    else:
        for name in (ANSWERS, ROWS, TOTALS, PROBLEMS):
            (folder / name).unlink(missing_ok=True)
        file.write_text(_as_json(config), "utf-8")
    return run


def load(folder: Path) -> Run:
    """A run made before, with the cases as the question set has them now.

    Raises:
        AssistantError: no run there, or a case of it is no longer in the question set.
    """
    try:
        config = Config.model_validate_json((folder / CONFIG).read_text("utf-8"))
    except (OSError, ValidationError) as error:
        raise AssistantError(f"{folder} holds no run that can be read: {error}") from error
    known = {case.id: case for case in read_cases(Path(config.questions))[0]}
    if gone := [name for name in config.cases if name not in known]:
        raise AssistantError(f"{config.questions} no longer has: {', '.join(gone)}; run again")
    return Run(folder, config, [known[name] for name in config.cases])


def answer(
    run: Run,
    build: Callable[[str], System],
    *,
    on_reply: Callable[[Reply], None] = lambda reply: None,
    workers: int = 1,
) -> None:
    """Answer what is not answered yet. What one case breaks is its problem and stops no other.

    With several `workers`, conversations are played side by side, and replies are still written in the order
    of the cases; times are then those of a busy machine.
    """
    done = {(reply.system, reply.repeat, reply.id): reply for reply in run.replies}
    with (run.folder / ANSWERS).open("a", encoding="utf-8") as out:
        for name in run.config.systems:
            wanted = [
                (repeat, case) for repeat in range(1, run.config.repeats + 1) for case in run.cases.values()
            ]
            for repeat, case in wanted:
                if known := done.get((name, repeat, case.id)):
                    on_reply(known)
            missing = [(repeat, case) for repeat, case in wanted if (name, repeat, case.id) not in done]
            if not missing:
                continue
            system = build(name)
            try:
                for reply in _play_all(system, missing, workers):
                    out.write(reply.model_dump_json() + "\n")
                    out.flush()
                    on_reply(reply)
            finally:
                system.close()


def evaluate(run: Run, settings: Settings) -> list[Row]:
    """Score all replies and write rows, problems and totals."""
    with Index.open(settings.index_dir) as index:
        pages, references = Pages(index), reference_pages(index)
        replies = run.replies
        rows = [
            score(run.cases[reply.id], reply, page_text=pages, reference_pages=references)
            for reply in replies
        ]
    compare_pairs(run.cases, replies, rows)
    _judge(run, replies, rows, settings)
    _write_lines(run.folder / ROWS, [json.dumps(asdict(row), ensure_ascii=False) for row in rows])
    problems = [
        {"id": reply.id, "system": reply.system, "repeat": reply.repeat, "problem": reply.trouble}
        for reply in replies
        if reply.trouble
    ]
    _write_lines(run.folder / PROBLEMS, [json.dumps(each, ensure_ascii=False) for each in problems])
    (run.folder / TOTALS).write_text(json.dumps(totals_of(rows), indent=2) + "\n", "utf-8")
    return rows


def resolve(settings: Settings, cases: Sequence[Case], **fields: Any) -> Config:
    """The configuration of a run of these cases, with what its outcome depends on."""
    with Index.open(settings.index_dir) as index:
        generation = index.generation
    return Config(
        cases=[case.id for case in cases],
        settings=settings.model_dump(mode="json"),  # a secret is written as stars
        code=_fingerprint(cases),
        index=generation,
        **fields,
    )


def builder(settings: Settings) -> Callable[[str], System]:
    """Builds systems by name from settings."""
    return lambda name: build_system(name, settings)


def _play_all(system: System, wanted: Sequence[tuple[int, Case]], workers: int) -> Iterator[Reply]:
    """The replies in the order of what is wanted; whoever stops listening stops what has not begun."""
    pool = ThreadPoolExecutor(workers)
    try:
        yield from pool.map(lambda each: _play(system, each[1], each[0]), wanted)
    finally:
        pool.shutdown(cancel_futures=True)


def _play(system: System, case: Case, repeat: int) -> Reply:
    try:
        return system.reply(case).model_copy(update={"repeat": repeat})
    except Exception as error:  # whatever one case breaks, the others go on
        problem = f"{type(error).__name__}: {error}"
        return Reply(id=case.id, system=system.name, repeat=repeat, problem=problem)


def _judge(run: Run, replies: Sequence[Reply], rows: Sequence[Row], settings: Settings) -> None:
    """Fill in the judge's values, when a judge is configured."""
    if settings.judge_llm:
        from eval.judge import Judge

        judge = Judge.configured(settings)
        for reply, row in zip(replies, rows, strict=True):
            row.values |= judge.values(run.cases[reply.id], reply)


def _fingerprint(cases: Sequence[Case]) -> str:
    import assistant

    digest = hashlib.sha256()
    root = Path(assistant.__file__).parent
    for file in sorted(root.rglob("*")):
        if file.suffix in (".py", ".yaml", ".toml"):
            digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes())
    for case in cases:
        digest.update(json.dumps([case.id, case.turns, case.persona, str(case.today)]).encode())
    return digest.hexdigest()[:16]


def _read_lines(file: Path, model: type[Reply]) -> Iterator[Reply]:
    for line in file.read_text("utf-8").split("\n") if file.is_file() else []:
        try:
            yield model.model_validate_json(line)
        except ValidationError:
            return  # the run was stopped while writing this line


def _write_lines(file: Path, lines: Sequence[str]) -> None:
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _as_json(config: Config) -> str:
    return config.model_dump_json(indent=2) + "\n"
