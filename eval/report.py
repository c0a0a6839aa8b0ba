"""A run as one HTML file that needs nothing else, and as Markdown and CSV; totals.json is the JSON."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from eval.compare import Outcome
from eval.runner import Run
from eval.score import BY_NAME, MEASURES, Measure, Reply, Row
from eval.totals import GROUPINGS, Cell, Totals

HEADLINE = ("fully_correct", "nugget_recall", "nDCG@10")
WORST = 20
_ONLY_TABLES = ("latency",)  # shown as percentiles


def write_report(run: Run, outcome: Outcome) -> Path:
    """Write report.html, report.md and rows.csv into the run's folder.

    Args:
        run: Scored.
        outcome: Floors not reached and differences from a baseline.
    Returns:
        The HTML file.
    Raises:
        AssistantError: the run has no rows.
    """
    if not run.rows:
        raise AssistantError(f"{run.folder} has no rows; run `assistant eval score {run.folder}` first")
    page = run.folder / "report.html"
    page.write_text(as_html(run, outcome), "utf-8")
    (run.folder / "report.md").write_text(as_markdown(run.totals), "utf-8")
    (run.folder / "rows.csv").write_text(as_csv(run.rows), "utf-8")
    return page


def as_html(run: Run, outcome: Outcome) -> str:
    """The page; text from questions and documents is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    totals = run.totals
    return environment.get_template("report.html.jinja").render(
        config=run.config,
        totals=totals,
        shown=[measure for measure in MEASURES if _is_shown(measure, totals)],
        headline=[BY_NAME[name] for name in HEADLINE if _is_shown(BY_NAME[name], totals)],
        groupings=[(name, name) for name, _ in GROUPINGS],
        groups_of=lambda grouping, measure: _groups_of(grouping, measure, totals),
        by_name=BY_NAME,
        show=show,
        outcome=outcome,
        problems=[reply for reply in run.replies if reply.trouble],
        first=run.config.systems[0],
        worst=worst(run),
    )


def worst(run: Run, *, n: int = WORST) -> list[dict[str, Any]]:
    """The n worst replies of the first system: not fully correct, then by the mean of all shares."""
    replies = {(reply.system, reply.repeat, reply.id): reply for reply in run.replies}
    rows = [row for row in run.rows if row.system == run.config.systems[0]]
    picked = sorted(rows, key=lambda row: (_merit(row), row.id, row.repeat))[:n]
    found = []
    for row in picked:
        reply: Reply = replies[row.system, row.repeat, row.id]
        last = reply.answers[-1] if reply.answers else None
        found.append({"row": row, "reply": reply, "case": run.cases[row.id], "answer": last})
    return found


def as_markdown(totals: Totals) -> str:
    """All cases, then the share that is fully correct by kind, language and persona."""
    systems = list(totals)
    lines = ["# Evaluation", ""]
    lines += _table("Measure", systems)
    for measure in MEASURES:
        if _is_shown(measure, totals):
            cells = [totals[system]["all"]["measures"][measure.name] for system in systems]
            lines.append(_line(measure.title, [_cell(cell, measure) for cell in cells]))
    waits = [totals[system]["all"]["latency_ms"] for system in systems]
    if all(wait["p50"] is not None for wait in waits):
        lines.append(
            _line("Latency p50 / p95, ms", [f"{wait['p50']:.0f} / {wait['p95']:.0f}" for wait in waits])
        )
    headline = BY_NAME["fully_correct"]
    for grouping, _ in GROUPINGS:
        groups = _groups_of(grouping, headline, totals)
        if not groups:
            continue
        lines += ["", f"## {headline.title} by {grouping}", "", *_table(grouping.capitalize(), systems)]
        for group in groups:
            cells = [
                totals[system][group]["measures"][headline.name]
                for system in systems
                if group in totals[system]
            ]
            lines.append(_line(group.partition("=")[2], [_cell(cell, headline) for cell in cells]))
    lines += ["", "Mean (95 % bootstrap interval; n cases where the measure is defined)."]
    return "\n".join(lines) + "\n"


def as_csv(rows: Sequence[Row]) -> str:
    """One line a reply, one column a measure; an undefined value is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = ("id", "system", "repeat", "kind", "language", "persona", "status")
    writer.writerow([*head, *BY_NAME, "why"])
    for row in rows:
        values = [row.values.get(name) for name in BY_NAME]
        writer.writerow(
            [getattr(row, name) for name in head]
            + ["" if value is None else round(value, 4) for value in values]
            + ["; ".join(row.why)]
        )
    return out.getvalue()


def show(value: float, measure: Measure) -> str:
    """A value with its unit, as the report prints it."""
    if measure.unit == "share":
        return f"{100 * value:.1f} %"
    return f"{value:.4f} EUR" if measure.unit == "EUR" else f"{value:.0f}"


def _is_shown(measure: Measure, totals: Totals) -> bool:
    """Whether any system has it."""
    cells = (groups["all"]["measures"][measure.name] for groups in totals.values())
    return measure.name not in _ONLY_TABLES and any(cell["n"] for cell in cells)


def _groups_of(grouping: str, measure: Measure, totals: Totals) -> list[str]:
    found = {
        name
        for groups in totals.values()
        for name, group in groups.items()
        if name.startswith(f"{grouping}=") and group["measures"][measure.name]["n"]
    }
    return sorted(found)


def _merit(row: Row) -> float:
    shares = [
        value if BY_NAME[name].higher_is_better else 1 - value
        for name, value in row.values.items()
        if value is not None and BY_NAME[name].unit == "share"
    ]
    return (row.values.get("fully_correct") or 0.0) + (sum(shares) / len(shares) if shares else 0.0)


def _table(first: str, systems: Sequence[str]) -> list[str]:
    return [_line(first, systems), _line("---", ["---"] * len(systems))]


def _line(first: str, cells: Sequence[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"


def _cell(cell: Cell, measure: Measure) -> str:
    if cell["mean"] is None or cell["low"] is None or cell["high"] is None:
        return "–"
    low, high = show(cell["low"], measure), show(cell["high"], measure)
    return f"{show(cell['mean'], measure)} ({low}–{high}; {cell['n']})"
