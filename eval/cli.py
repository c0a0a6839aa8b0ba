"""`assistant eval`: each command parses, calls the library and prints; heavy imports are inside."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.settings import Settings
    from eval.runner import Run

DEFAULT_OUT = Path("build") / "eval"
Format = Literal["ragas", "beir", "csv", "govuk"]
Source = Literal["ragas", "beir", "csv", "govuk", "feedback"]

app = typer.Typer(
    help="Measure answers against the question set.", no_args_is_help=True, rich_markup_mode=None
)

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", metavar="DIR", help="Folder that keeps the index; else ASSISTANT_DATA_DIR."),
]
Questions = Annotated[
    Path | None, typer.Option(metavar="PATH", help="A question set; else the project's own.")
]
Baseline = Annotated[
    Path | None, typer.Option(metavar="DIR", help="An earlier run that this one must not fall behind.")
]
RunFolder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a run.")]


@app.command()
def run(
    context: typer.Context,
    split: Annotated[Literal["dev", "test", "all"], typer.Option(help="Which part of the set.")] = "dev",
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="Only cases of this kind.")] = None,
    language: Annotated[
        str | None, typer.Option(metavar="XX", help="Only questions in this language.")
    ] = None,
    system: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            help="Who answers, separated by commas: ours, lexical, dense, plain; and for parts of ours"
            " retrieval, gold_evidence.",
        ),
    ] = "ours",
    runs: Annotated[int, typer.Option(min=1, help="How often each case is answered.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Conversations played side by side.")] = 1,
    baseline: Baseline = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first cases.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the run.")] = DEFAULT_OUT,
    questions: Questions = None,
    data_dir: DataDir = None,
) -> None:
    """Answer the questions, score the answers and write a report.

    An unfinished run in the same folder goes on; a finished one is replaced. The exit status is 1 when a
    floor of eval/floors.toml is missed or a measure fell significantly behind the baseline.

    \b
    Example:
      assistant eval run --split dev --system ours,plain
    """
    from assistant.progress import make_progress
    from eval import runner
    from eval.cases import QUESTIONS

    settings = _settings(context, data_dir)
    if baseline and baseline.resolve() == out.resolve():
        raise AssistantError(f"{out} is both the baseline and the new run; name another folder with --out")
    systems = list(dict.fromkeys(name.strip() for name in system.split(",")))
    _check_systems(systems)
    path = questions or QUESTIONS
    cases = runner.select(path, split=split, kind=kind, language=language, limit=limit)
    config = runner.resolve(
        settings,
        cases,
        questions=str(path.resolve()),
        split=split,
        kind=kind,
        language=language,
        limit=limit,
        systems=systems,
        repeats=runs,
    )
    started = runner.start(out, config, cases)
    progress = make_progress("replies")
    progress.start(len(cases) * len(systems) * runs)
    try:
        runner.answer(
            started,
            runner.builder(settings),
            on_reply=lambda reply: progress.advance(documents=1),
            workers=workers,
        )
    finally:
        progress.finish()
    runner.evaluate(started, settings)
    _conclude(started, baseline)


@app.command()
def score(
    context: typer.Context, folder: RunFolder, baseline: Baseline = None, data_dir: DataDir = None
) -> None:
    """Score a run again, without answering again.

    \b
    Example:
      assistant eval score build/eval
    """
    from eval import runner

    found = runner.load(folder)
    runner.evaluate(found, _settings(context, data_dir))
    _conclude(found, baseline)


@app.command()
def report(folder: RunFolder, baseline: Baseline = None) -> None:
    """Write the report of a scored run again.

    \b
    Example:
      assistant eval report build/eval
    """
    from eval import runner

    _conclude(runner.load(folder), baseline)


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="A", help="The earlier run.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="The later run.")],
) -> None:
    """Say what changed from run A to run B, with the cases that got worse.

    The exit status is 1 when a measure fell significantly.

    \b
    Example:
      assistant eval compare build/before build/eval
    """
    from eval import runner
    from eval.compare import outcome_of

    outcome = outcome_of(runner.load(after).rows, {}, baseline=runner.load(before).rows)
    if not outcome.compared:
        raise AssistantError(f"{before} and {after} have no scored case of `ours` in common")
    typer.echo(f"{'measure':<20}{'before':>9}{'after':>9}{'gain':>9}   95 % interval      n")
    for each in outcome.compared:
        typer.echo(
            f"{each.measure:<20}{each.before:>9.3f}{each.after:>9.3f}{each.gain:>+9.3f}"
            f"   {each.low:+.3f} to {each.high:+.3f} {each.n:>4}"
        )
        if each.worse and each.measure != "latency":
            typer.echo(f"    worse: {', '.join(each.worse)}")
    raise typer.Exit(int(outcome.failed))


@app.command()
def retrieval(
    context: typer.Context,
    beir: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder with corpus.jsonl, queries.jsonl and qrels (TSV)."),
    ],
    data_dir: DataDir = None,
) -> None:
    """Hold the search against a public collection.

    \b
    Example:
      assistant eval retrieval --beir ~/beir/scifact
    """
    from assistant.retrieval.encoder import load_encoder
    from eval.beir import evaluate, read_collection

    collection = read_collection(beir)
    encoder = load_encoder(_settings(context, data_dir))
    typer.echo(f"{'':<10}{'nDCG@10':>9}{'R@5':>9}{'RR@10':>9}")
    for channels, values in evaluate(collection, encoder).items():
        typer.echo(f"{channels:<10}{values['nDCG@10']:>9.4f}{values['R@5']:>9.4f}{values['RR@10']:>9.4f}")
    typer.echo(f"{len(collection.documents)} documents, {len(collection.qrels)} queries")


@app.command("import")
def import_(
    context: typer.Context,
    format_: Annotated[
        Source, typer.Argument(metavar="FORMAT", help="ragas, beir, csv, govuk or feedback (of the chat).")
    ],
    source: Annotated[Path, typer.Argument(metavar="FROM", help="File, or folder for beir.")],
    target: Annotated[Path, typer.Argument(metavar="TO.jsonl", help="Question set to write; replaced.")],
    data_dir: DataDir = None,
) -> None:
    """Turn an evaluation set of another tool into a question set.

    The facts of each ideal answer are looked up in the index, so ingest the documents first. What no page
    says is told and left out. The exit status is 1 when something was left out.

    \b
    Example:
      assistant eval import csv questions.csv mine.jsonl
    """
    from assistant.index.reader import Index
    from assistant.retrieval.encoder import load_encoder
    from assistant.retrieval.retriever import Retriever
    from eval.formats import READERS, to_cases, write_cases

    settings = _settings(context, data_dir)
    encoder = load_encoder(settings)
    with Index.open(settings.index_dir, encoder_fingerprint=encoder.fingerprint) as index:
        cases, problems = to_cases(READERS[format_](source), index, Retriever(index, encoder))
    write_cases(target, cases)
    for problem in problems:
        typer.echo(problem, err=True)
    typer.echo(f"{len(cases)} cases written to {target}, {len(problems)} left out", err=True)
    raise typer.Exit(int(bool(problems)))


@app.command()
def export(
    format_: Annotated[Format, typer.Argument(metavar="FORMAT", help="ragas, beir, csv or govuk.")],
    folder: RunFolder,
    target: Annotated[Path, typer.Argument(metavar="TO", help="File to write, or folder for beir.")],
    context: typer.Context,
    data_dir: DataDir = None,
) -> None:
    """Write a run's questions, gold and answers for another tool.

    \b
    Example:
      assistant eval export ragas build/eval ragas.jsonl
    """
    from assistant.index.reader import Index
    from eval import runner
    from eval.formats import WRITERS

    found = runner.load(folder)
    with Index.open(_settings(context, data_dir).index_dir) as index:
        WRITERS[format_](target, list(found.cases.values()), found.replies, index)
    typer.echo(f"{len(found.cases)} cases written to {target}", err=True)


@app.command()
def rate(
    folder: RunFolder,
    rater: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who rates; without it only agreement is told.")
    ] = None,
    system: Annotated[str, typer.Option(metavar="NAME", help="Whose replies.")] = "ours",
    merge: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Take over ratings from another CSV file.")
    ] = None,
) -> None:
    """Rate answers beside their evidence, and tell how far raters agree.

    Ratings are kept in ratings.csv in the run's folder; what a rater has rated is not shown again.

    \b
    Example:
      assistant eval rate build/eval --rater anna
    """
    from eval import runner
    from eval.rate import (
        GRADES,
        RATINGS,
        Rating,
        agreements,
        judge_ratings,
        read_ratings,
        shown,
        write_ratings,
    )

    found, file = runner.load(folder), folder / RATINGS
    ratings = [*read_ratings(file), *(read_ratings(merge) if merge else [])]
    if merge:
        write_ratings(file, ratings)
    done = {each.id for each in ratings if (each.rater, each.system) == (rater, system)}
    waiting = [each for each in found.replies if (each.system, each.repeat) == (system, 1)] if rater else []
    keys = {grade[0]: grade for grade in GRADES}
    for reply in waiting:
        if rater is None or reply.id in done:
            continue
        typer.echo(f"\n{reply.id}\n{shown(found.cases[reply.id].turns, reply)}")
        key = typer.prompt("g good, p partly, b bad, s skip, q quit").strip().casefold()[:1]
        if key == "q":
            break
        if key in keys:
            reason = typer.prompt("Why", default="", show_default=False)
            ratings.append(Rating(reply.id, system, rater, keys[key], reason))
            write_ratings(file, ratings)
    for agreement in agreements([*ratings, *judge_ratings(found.rows)]):
        typer.echo(agreement)


def _conclude(run: "Run", baseline: Path | None) -> None:
    """Write the report, print the totals and what failed; exit with 1 when something did."""
    from eval import runner
    from eval.compare import outcome_of, read_floors
    from eval.report import as_markdown, write_report

    floors = read_floors(run.config.split, whole_split=run.config.is_whole_split)
    before = runner.load(baseline).rows if baseline else []
    outcome = outcome_of(run.rows, floors, baseline=before)
    page = write_report(run, outcome)
    typer.echo(as_markdown(run.totals))
    for line in outcome.lines():
        typer.echo(f"FAILED: {line}", err=True)
    typer.echo(f"Report: {page}", err=True)
    raise typer.Exit(int(outcome.failed))


def _check_systems(names: list[str]) -> None:
    from eval.systems import SYSTEMS

    if unknown := [name for name in names if name not in SYSTEMS]:
        raise AssistantError(f"no system {', '.join(unknown)}; there is: {', '.join(SYSTEMS)}")


def _settings(context: typer.Context, data_dir: Path | None) -> "Settings":
    """What stands after the command wins over what stands before it."""
    from assistant.settings import load_settings

    given = context.obj or {}
    return load_settings(config_file=given.get("config_file"), data_dir=data_dir or given.get("data_dir"))
