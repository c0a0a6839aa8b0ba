"""What the tests of evaluation share: a small real index, cases about it, and answers made by hand."""

import json
import shutil
from pathlib import Path
from typing import Any

from index_kit import write_pdf

from assistant.answers import Answer, Citation
from assistant.ingest.pipeline import ingest
from assistant.settings import Settings
from eval.cases import Case
from eval.score import Reply

ROOT = Path(__file__).resolve().parent.parent

PAGES = {
    "pact.pdf": [
        [
            "# The launch of the Pact",
            "The Pact for Skills was launched on 10 November 2020 in Brussels.",
            "It brings together companies, workers, authorities and training providers.",
        ],
        [
            "# Joining the Pact",
            "Joining the Pact for Skills is free of charge for every firm.",
            "Each member of the Pact reports once a year on its commitments.",
        ],
    ],
    "funding.pdf": [
        [
            "# Funding for welders in Poland",
            "The regional fund pays up to 750 EUR for each welder in Gdansk.",
            "The application for the welders fund is sent by post to the office.",
        ],
        [
            "# Vouchers for weavers in Portugal",
            "The textile voucher pays 500 EUR for weavers in Porto.",
            "The voucher for weavers is valid for 12 months after approval.",
        ],
    ],
}

CASES: list[dict[str, Any]] = [
    {
        "id": "launch",
        "kind": "date",
        "turns": ["When was the Pact for Skills launched?"],
        "nugget": ("10 November 2020", "pact.pdf", 1, "The Pact for Skills was launched on 10 November 2020"),
    },
    {
        "id": "fee",
        "kind": "fact",
        "turns": ["Is joining the Pact for Skills free of charge?"],
        "nugget": ("free", "pact.pdf", 2, "Joining the Pact for Skills is free of charge for every firm."),
    },
    {
        "id": "welder",
        "kind": "number",
        "persona": "worker",
        "turns": ["How much does the regional fund pay for a welder in Gdansk?"],
        "nugget": ("750 EUR", "funding.pdf", 1, "The regional fund pays up to 750 EUR for each welder"),
    },
    {
        "id": "voucher",
        "kind": "number",
        "persona": "sme",
        "turns": ["How much does the textile voucher pay for weavers in Porto?"],
        "nugget": ("500 EUR", "funding.pdf", 2, "The textile voucher pays 500 EUR for weavers in Porto."),
    },
    {
        "id": "report",
        "kind": "fact",
        "turns": ["How often does a member of the Pact report on its commitments?"],
        "nugget": ("once a year", "pact.pdf", 2, "Each member of the Pact reports once a year"),
    },
]


def case_of(**fields: Any) -> Case:
    """A case; `nugget` is (alternative, document, page, quote) of a vital nugget, `gold` replaces it all."""
    nugget = fields.pop("nugget", None)
    gold: dict[str, Any] = {"statuses": ["complete", "partial"]}
    if nugget:
        names = ("document", "page", "quote")
        gold["nuggets"] = [
            {
                "importance": "vital",
                "alternatives": [nugget[0]],
                **dict(zip(names, nugget[1:], strict=True)),
            }
        ]
    known = {"id": "a", "split": "dev", "kind": "fact", "language": "en", "turns": ["?"], "gold": gold}
    return Case.model_validate_json(json.dumps(known | fields))


def write_questions(folder: Path) -> Path:
    """The cases about `PAGES` as a question set."""
    file = folder / "questions.jsonl"
    lines = [case_of(**case).model_dump_json() for case in CASES]
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return file


def small_index(folder: Path) -> Settings:
    """Settings whose index holds `PAGES`, made by the packaged encoder."""
    settings = Settings(data_dir=folder / "data", corpus_dir=folder / "corpus")
    models = ROOT / ".assistant" / "models"
    if models.is_dir():  # saves exporting the encoder once more
        shutil.copytree(models, settings.data_dir / "models")
    for name, pages in PAGES.items():
        write_pdf(settings.corpus_dir / name, pages)
    report = ingest(None, settings=settings)
    assert not report.failed, report.summary()
    return settings


def citation(number: int, document: str, page: int, quote: str) -> Citation:
    """A citation; the title is the path."""
    return Citation(number=number, document=document, title=document, page=page, quote=quote)


def answer_of(text: str, *citations: Citation, **fields: Any) -> Answer:
    """A complete English answer."""
    return Answer(**({"status": "complete", "language": "en", "text": text, "citations": citations} | fields))


def reply_of(*answers: Answer, **fields: Any) -> Reply:
    """A reply of "ours" to case "a"."""
    return Reply(**({"id": "a", "system": "ours", "answers": list(answers)} | fields))
