"""The `assistant` command: each command parses, resolves the settings, calls the library and prints.

Results go to standard output, progress and problems to standard error. Everything heavy is imported inside
the commands, so that `--help` is instant.
"""

import shlex
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.answers import Answer, Persona
from assistant.errors import AssistantError
from assistant.records.models import RecordType
from assistant.records.need import Sort
from eval.cli import app as evaluation

if TYPE_CHECKING:
    from assistant.library.sync import SyncReport
    from assistant.settings import Settings
    from assistant.takeaway.formats import Form, TakeAway

INTERRUPTED = 130  # what shells report for Ctrl-C

app = typer.Typer(
    name="assistant",
    help="Answers about the EU Pact for Skills, each sentence proved with a page.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
)


def _language_code(code: str | None) -> str | None:
    if code is None:
        return None
    from assistant.wording import languages

    if code.lower() not in languages():
        raise typer.BadParameter(f"no replies are worded in {code!r}, only in {', '.join(languages())}")
    return code.lower()


def _savable(files: list[Path] | None) -> list[Path] | None:
    from assistant.takeaway.formats import form_of

    for file in files or ():
        try:
            form_of(file)
        except AssistantError as error:
            raise typer.BadParameter(str(error)) from error
    return files


DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", metavar="DIR", help="Folder that keeps the index; else ASSISTANT_DATA_DIR."),
]
Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings file; else ASSISTANT_CONFIG or assistant.toml."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
LanguageModel = Annotated[
    str | None, typer.Option("--llm", metavar="MODEL", help="Language model, e.g. ollama:qwen3.")
]


def main() -> None:
    """Run the command line; the entry point of the `assistant` script."""
    try:
        app(prog_name="assistant")
    except AssistantError as error:
        _tell(f"assistant: {error}")
        sys.exit(1)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _tell("Stopped.")
        raise


@app.callback()
def _common(context: typer.Context, data_dir: DataDir = None, config: Config = None) -> None:
    context.obj = {"data_dir": data_dir, "config_file": config}


@app.command()
def ingest(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH", help="Documents and folders to add; else those known so far.", show_default=False
        ),
    ] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read every document again.")] = False,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Fail at once when another ingestion is running.")
    ] = False,
    forget: Annotated[
        list[Path] | None, typer.Option(metavar="PATH", help="Drop a file or folder; may be repeated.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    """Read new and changed documents into the index.

    PDFs (scanned ones where Tesseract is installed), Word documents (.docx), web pages, Markdown and plain
    text. In folders, names listed in a file .assistantignore are left out.

    Documents that are gone from disk leave the index; those that did not change cost nothing. The exit
    status says whether a document could not be read.

    \b
    Example:
      assistant ingest ~/Documents/skills
    """
    from assistant.ingest.pipeline import ingest as run
    from assistant.progress import make_progress

    report = run(
        paths or None,
        settings=_settings(context, data_dir, config),
        progress=make_progress("documents"),
        wait=not no_wait,
        rebuild=rebuild,
        forget=tuple(forget or ()),
    )
    typer.echo(_json(report) if as_json else report.summary())
    raise typer.Exit(report.exit_code)


@app.command()
def find(
    context: typer.Context,
    topic: Annotated[
        list[str] | None,
        typer.Argument(metavar="TOPIC", help="Skill, job or subject.", show_default=False),
    ] = None,
    what: Annotated[RecordType, typer.Option("--what", help="What is wanted.")] = "opportunity",
    kind: Annotated[list[str] | None, typer.Option(metavar="KIND", help="E.g. course.")] = None,
    ecosystem: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="One of the 14 ecosystems, or its beginning.")
    ] = None,
    country: Annotated[list[str] | None, typer.Option(metavar="XX", help="ISO code, e.g. DE.")] = None,
    anywhere: Annotated[
        bool, typer.Option("--anywhere", help="With --country: offers for the whole EU count, too.")
    ] = False,
    city: Annotated[str, typer.Option(metavar="NAME", help="Place of training.")] = "",
    language: Annotated[
        list[str] | None, typer.Option(metavar="XX", help="Teaching language, e.g. de.")
    ] = None,
    mode: Annotated[
        list[str] | None, typer.Option(metavar="MODE", help="online, on-site, blended or work-based.")
    ] = None,
    free: Annotated[bool, typer.Option("--free", help="Only what costs the learner nothing.")] = False,
    max_cost: Annotated[float | None, typer.Option(metavar="EUR", help="At most this much.")] = None,
    max_days: Annotated[int | None, typer.Option(metavar="N", help="At most this long.")] = None,
    min_days: Annotated[int | None, typer.Option(metavar="N", help="At least this long.")] = None,
    eqf: Annotated[
        int | None,
        typer.Option(min=1, max=8, metavar="N", help="Level of the European Qualifications Framework."),
    ] = None,
    digcomp: Annotated[int | None, typer.Option(min=1, max=8, metavar="N", help="DigComp level.")] = None,
    audience: Annotated[
        list[str] | None, typer.Option(metavar="GROUP", help="Open to this group, e.g. unemployed.")
    ] = None,
    provider: Annotated[str, typer.Option(metavar="NAME", help="Words of the provider's name.")] = "",
    open_on: Annotated[
        datetime | None,
        typer.Option("--open-on", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Not closed on that day."),
    ] = None,
    starts_after: Annotated[
        datetime | None,
        typer.Option(
            "--starts-after", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Starts on that day or later."
        ),
    ] = None,
    starts_before: Annotated[
        datetime | None,
        typer.Option(
            "--starts-before", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Starts by that day."
        ),
    ] = None,
    sort: Annotated[Sort, typer.Option(help="Order of the result.")] = "match",
    limit: Annotated[int, typer.Option(min=0, help="How many to show; 0 for the number only.")] = 10,
    offset: Annotated[int, typer.Option(min=0, help="How many to skip.")] = 0,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print comma-separated values.")] = False,
    docx: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Write a Word document, too; replaced."),
    ] = None,
    ics: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", dir_okay=False, help="Write a calendar of dates to come, too; replaced."
        ),
    ] = None,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    """List exactly the records that meet the constraints, with the page of each.

    What a record does not say does not meet a constraint on it. The exit status is 1 when nothing is found.

    \b
    Example:
      assistant find --country DE --free --language de
      assistant find welding --kind course --kind apprenticeship --csv
      assistant find --country ES --limit 100 --docx spain.docx --ics spain.ics
    """
    from assistant.index.reader import Index
    from assistant.records.present import as_csv as to_csv
    from assistant.records.present import as_json as to_json
    from assistant.records.present import as_text, checked
    from assistant.records.store import RecordStore
    from assistant.takeaway.formats import make
    from assistant.takeaway.paper import from_found

    need = checked(
        type=what,
        action="list",
        topic=" ".join(topic or ()),
        kinds=kind or (),
        ecosystems=ecosystem or (),
        countries=country or (),
        anywhere=anywhere,
        city=city,
        languages=language or (),
        modes=mode or (),
        free=True if free else None,
        max_cost_eur=max_cost,
        max_days=max_days,
        min_days=min_days,
        eqf=eqf,
        digcomp=digcomp,
        audiences=audience or (),
        provider=provider,
        open_on=open_on.date() if open_on else None,
        starts_after=starts_after.date() if starts_after else None,
        starts_before=starts_before.date() if starts_before else None,
        sort=sort,
        limit=limit,
        offset=offset,
    )
    settings = _settings(context, data_dir, config)
    with Index.open(settings.index_dir) as index:
        store = RecordStore.of_generation(index.folder, settings)
        try:
            found = store.find(need)
            relaxed = () if found.total else tuple(store.relaxations(need))
        finally:
            store.close()
        paper = from_found(need, found, index, today=date.today()) if found.hits and (docx or ics) else None
    show = to_json if as_json else to_csv if as_csv else as_text
    typer.echo(show(need, found, relaxed), nl=False)
    if paper:
        _save([("docx", docx), ("ics", ics)], lambda form: make(paper, form))
    elif docx or ics:
        _tell("There are no records to write into a file.")
    raise typer.Exit(0 if found.total else 1)


@app.command()
def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="The question; - reads it from standard input.")],
    as_json: AsJson = False,
    persona: Annotated[Persona | None, typer.Option(help="Who asks.")] = None,
    language: Annotated[
        str | None,
        typer.Option(
            metavar="XX", callback=_language_code, help="Language of the reply, e.g. pl; else the question's."
        ),
    ] = None,
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Answer for this date; else today."),
    ] = None,
    save: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            dir_okay=False,
            callback=_savable,
            help="Write the reply to FILE.docx, .csv or .ics, too; replaced; may be repeated.",
        ),
    ] = None,
    llm: LanguageModel = None,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    """Answer one question and print its sources.

    Of a list that is longer than the reply, --save writes all entries; .ics holds dates to come only.

    \b
    Example:
      assistant ask "What does a company commit to when it joins the Pact?" --persona sme
      assistant ask "Which apprenticeships are there in Germany?" --save list.docx --save dates.ics
    """
    settings = _settings(context, data_dir, config, llm=llm)
    if question == "-":
        question = sys.stdin.read().strip()
    from assistant.conversation import Conversation
    from assistant.facade import Assistant, StepEvent
    from assistant.progress import waiting
    from assistant.takeaway.formats import form_of

    conversation = Conversation()
    day = today.date() if today else None
    with waiting("Starting") as show:
        assistant = Assistant(settings)
        try:
            for event in assistant.stream(
                question, conversation=conversation, persona=persona, language=language, today=day
            ):
                if isinstance(event, StepEvent):
                    show(event.name)
            show("")
            turn = conversation.turns[-1]
            answer = turn.answer
            typer.echo(answer.model_dump_json(indent=2) if as_json else _readable(answer))
            if answer.status != "error":
                _save(
                    [(form_of(file), file) for file in save or ()],
                    lambda form: assistant.take_away(answer, form, wanted=turn.wanted, today=day),
                )
        finally:
            assistant.close()
    raise typer.Exit(1 if answer.status == "error" else 0)


@app.command()
def chat(
    context: typer.Context,
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Listen here; else this machine only.")
    ] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; else a free one.")] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    llm: LanguageModel = None,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    """Serve the chat page and print its address; Ctrl-C stops it.

    \b
    Example:
      assistant chat --open
    """
    from assistant.progress import waiting
    from assistant.web.server import serve

    settings = _settings(context, data_dir, config, host=host, port=port, llm=llm)
    with waiting("Starting the chat") as show:

        def ready(url: str) -> None:
            show("")
            typer.echo(f"The chat is ready at {url} (Ctrl-C stops it)")

        serve(settings, on_ready=ready, open_browser=open_browser)


@app.command()
def batch(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="IN.jsonl", help="One case a line.")],
    target: Annotated[
        Path, typer.Argument(metavar="OUT.jsonl", help="One line of answers a case; replaced.")
    ],
    llm: LanguageModel = None,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    """Answer many conversations in one process.

    A line of IN is {"id", "turns": [messages], "persona", "language", "today"}, the last three null or
    left out. A line of OUT is {"id", "answers": [one a turn]}, in the order of IN. A case that fails has an
    answer with status "error".

    \b
    Example:
      assistant batch questions.jsonl answers.jsonl
    """
    from assistant.batch import read_cases, run_batch
    from assistant.progress import make_progress

    settings = _settings(context, data_dir, config, llm=llm)
    cases = read_cases(source)
    if target.exists() and target.samefile(source):
        raise AssistantError(
            f"{target} is both the questions and the answers; name another file for the answers"
        )
    from assistant.facade import Assistant

    assistant = Assistant(settings)
    progress = make_progress("cases")
    progress.start(len(cases))
    try:
        report = run_batch(cases, target, assistant, on_case=lambda result: progress.advance(documents=1))
    finally:
        progress.finish()
        assistant.close()
    _tell(f"{report.summary()}; written to {target}")


app.add_typer(evaluation, name="eval")
corpus = typer.Typer(
    help="Fetch documents and say what they cover.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(corpus, name="corpus")
ThenIngest = Annotated[bool, typer.Option("--ingest", help="Index what is new at once.")]


@corpus.command()
def add(
    context: typer.Context,
    origin: Annotated[str, typer.Argument(metavar="URL|PATH", help="A PDF on the web or on this machine.")],
    then_ingest: ThenIngest = False,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    """Copy or download one PDF into the library.

    `assistant corpus sync` refreshes it later.

    \b
    Example:
      assistant corpus add https://example.org/skills-report.pdf --ingest
    """
    from assistant.library import sync as library

    settings = _settings(context, data_dir, config)
    _after_sync(library.add(origin, settings), settings, then_ingest)


@corpus.command()
def sync(
    context: typer.Context,
    public: Annotated[
        bool, typer.Option("--public", help="Fetch the public documents that the corpus lists, too.")
    ] = False,
    then_ingest: ThenIngest = False,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    """Fetch again what changed of the library's documents, and say what changed.

    A good copy stays when the new one is broken or gone. The exit status says whether a document failed.

    \b
    Example:
      assistant corpus sync --public --ingest
    """
    from assistant.library import sync as library
    from assistant.progress import waiting

    settings = _settings(context, data_dir, config)
    with waiting("Fetching") as show:
        report = library.sync(settings, public=public, on_document=lambda outcome: show(outcome.origin))
    _after_sync(report, settings, then_ingest)


@corpus.command()
def report(
    context: typer.Context, as_json: AsJson = False, data_dir: DataDir = None, config: Config = None
) -> None:
    """Say what the index covers, and where it is thin.

    Counts documents and catalogue entries by kind, ecosystem, country, language and age.

    \b
    Example:
      assistant corpus report
    """
    from rich.console import Console

    from assistant.index.reader import Index
    from assistant.library.report import cover, show

    with Index.open(_settings(context, data_dir, config).index_dir) as index:
        coverage = cover(index)
    if as_json:
        typer.echo(_json(coverage))
    else:
        show(coverage, Console())


def _after_sync(done: "SyncReport", settings: "Settings", then_ingest: bool) -> None:
    """Print what changed; ingest it or say how."""
    typer.echo(done.summary())
    exit_code = done.exit_code
    if then_ingest:
        from assistant.ingest.pipeline import ingest as run
        from assistant.progress import make_progress

        ingested = run(
            [settings.corpus_dir, Path(done.library)],
            settings=settings,
            progress=make_progress("documents"),
        )
        typer.echo(ingested.summary())
        exit_code = max(exit_code, ingested.exit_code)
    elif done.changed:
        typer.echo(f"Run `assistant ingest {shlex.quote(done.library)}` to index them.")
    raise typer.Exit(exit_code)


@app.command()
def doctor(
    context: typer.Context, as_json: AsJson = False, data_dir: DataDir = None, config: Config = None
) -> None:
    """Say what is installed, indexed and reachable.

    Where something is missing it says what to do.

    \b
    Example:
      assistant doctor
    """
    from assistant.doctor import examine

    report = examine(_settings(context, data_dir, config))
    typer.echo(report.to_json() if as_json else report.to_text())
    raise typer.Exit(report.exit_code)


@app.command()
def version() -> None:
    """Print the version.

    \b
    Example:
      assistant version
    """
    from assistant import __version__

    typer.echo(__version__)


def _settings(context: typer.Context, data_dir: Path | None, config: Path | None, **flags: Any) -> "Settings":
    """The settings of this run; what stands after the command wins over what stands before it."""
    from assistant.settings import load_settings

    return load_settings(
        config_file=config or context.obj["config_file"],
        data_dir=data_dir or context.obj["data_dir"],
        **flags,
    )


def _save(files: "Iterable[tuple[Form, Path | None]]", make: "Callable[[Form], TakeAway]") -> None:
    """Write each of the files and tell where; one that cannot be made or written stops none of the others.

    Raises:
        typer.Exit: with status 1, when there was such a one.
    """
    from assistant.takeaway.formats import write

    failed = False
    for form, file in files:
        if file is None:
            continue
        try:
            made = make(form)
            write(file, made.content)
        except AssistantError as error:
            _tell(f"assistant: {file} was not written: {error}")
            failed = True
        else:
            _tell(" ".join([f"Written to {file}.", *made.notes]))
    if failed:
        raise typer.Exit(1)


def _readable(answer: Answer) -> str:
    """The reply, then its numbered sources."""
    lines = [answer.text]
    if answer.citations:
        lines += ["", "Sources"]
    for citation in answer.citations:
        lines.append(f"[{citation.number}] {citation.title}, {citation.place} ({citation.document})")
        lines.append(f"    “{' '.join(citation.quote.split())}”")
    return "\n".join(lines)


def _json(report: Any) -> str:
    from pydantic import TypeAdapter

    return TypeAdapter(type(report)).dump_json(report, indent=2).decode()


def _tell(text: str) -> None:
    typer.echo(text, err=True)
