"""What is taken away: the reply with all that is known of each entry, in three formats that open anywhere."""

import csv
import io
import re
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import docx
import icalendar
import pytest
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers import Answer, Citation, Opportunity, Partnership
from assistant.documents import Document
from assistant.errors import AssistantError, NothingToSaveError
from assistant.records.models import AnyRecord, OpportunityRecord, PartnershipRecord
from assistant.records.normalise import spans_in
from assistant.takeaway.dates import to_ics
from assistant.takeaway.formats import FORMS, form_of, make, write
from assistant.takeaway.outline import blocks_of
from assistant.takeaway.paper import FIELDS, Paper, from_answer, has_dates
from assistant.takeaway.table import to_csv
from assistant.takeaway.word import to_docx
from assistant.wording import languages, say

TODAY = date(2026, 11, 24)
CATALOGUE = Document("catalogues/yard.pdf", "Courses of the yard", "0" * 64, 9, language="pl")
NOT_SHOWN = {"title", "reference", "document", "page", "countries", "city", "name"}
HOSTILE = "<script>alert(1)</script> & ]]> \x00\x0b\x1f\ufffe =1+1 \u202e {{x}} $HOME %s [7] **b**"


def welding(**fields: object) -> Opportunity:
    values: dict[str, object] = {
        "reference": "yard-1",
        "title": "Spawanie kadłubów",
        "kind": "course",
        "provider": "Szkoła Stoczniowa",
        "ecosystem": "Mobility-transport-automotive",
        "countries": ["PL"],
        "city": "Gdańsk",
        "languages": ["pl", "en"],
        "mode": "on-site",
        "duration": "12 weeks",
        "level": "EQF 4",
        "cost": "free",
        "funding": "Urząd pracy",
        "eligibility": "Everyone over 18",
        "starts": "September 2027",
        "deadline": "30 June 2027",
        "skills": ["welding", "safety"],
        "target_occupations": ["welder"],
        "certificate": "ISO 9606",
        "how_to_apply": "Write to the school, see https://yard.example/apply.",
        "url": "https://yard.example/welding",
        "source_url": "https://yard.example/catalogue.pdf",
        "source_date": "2026-01",
        "document": CATALOGUE.path,
        "page": 4,
        "reasons": ["free", "Polish"],
    }
    return Opportunity.model_validate(values | fields)


def answer_with(*cards: Opportunity, **fields: object) -> Answer:
    lines = "".join(f"- **{card.title}** – {card.provider} [{n}]\n" for n, card in enumerate(cards, 1))
    values: dict[str, object] = {
        "status": "complete",
        "language": "en",
        "text": f"{len(cards)} found:\n\n{lines}\nConfirm the dates.",
        "citations": [
            Citation(
                number=n,
                document=card.document,
                title=CATALOGUE.title,
                page=card.page,
                quote=f"{card.title} Deadline: {card.deadline}",
            )
            for n, card in enumerate(cards, 1)
        ],
        "opportunities": list(cards),
        "total_matches": len(cards),
        "standalone_question": "Which courses are free?",
    }
    return Answer.model_validate(values | fields)


PLAN = Answer(
    status="complete",
    language="en",
    text="**Joining** – It takes two steps: [1]\n\n1. Sign the charter. [2]\n2. Wait a \\[7\\] week. [1] [2]"
    "\n\nLater:\n\n1. Start.\n\n| Scheme | Pays |\n|---|---|\n| A | 10 % [1] |",
    citations=[
        Citation(number=1, document="a.pdf", title="Guide", page=3, quote="two steps"),
        Citation(number=2, document="b.html", title="Charter", page=2, quote="sign the charter"),
    ],
    standalone_question="How do we join?",
)


def paper_of(answer: Answer, today: date = TODAY) -> Paper:
    return from_answer(answer, documents=[CATALOGUE], today=today)


def opened(content: bytes) -> WordDocument:
    return docx.Document(io.BytesIO(content))


def lines_of(content: bytes) -> list[str]:
    """The paragraphs as a reader sees them, label and value with a colon between."""
    tags = (qn("w:t"), qn("w:tab"))
    return [
        "".join(node.text or ": " for run in paragraph._p.iter(qn("w:r")) for node in run if node.tag in tags)
        for paragraph in opened(content).paragraphs
    ]


def rows_of(content: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def events_of(content: bytes) -> list[icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(content)
    return [event for event in calendar.walk("VEVENT") if isinstance(event, icalendar.Event)]


# ---- Word ------------------------------------------------------------------------------------------------


def test_a_word_document_tells_each_field_under_its_label_and_where_it_stands() -> None:
    lines = lines_of(to_docx(paper_of(answer_with(welding()))))
    for line in (
        "Which courses are free?",
        "Spawanie kadłubów",
        "Szkoła Stoczniowa [1]",
        "Type of offer: course",
        "Provider: Szkoła Stoczniowa",
        "Place: Gdańsk, Poland",
        "Language: Polish, English",
        "Form of learning: on site",
        "Duration: 12 weeks",
        "Level: EQF 4",
        "Cost: free",
        "Who pays: Urząd pracy",
        "For whom: Everyone over 18",
        "Starts: September 2027",
        "Deadline: 30 June 2027",
        "Skills: welding; safety",
        "Leads to these jobs: welder",
        "Certificate: ISO 9606",
        "How to apply: Write to the school, see https://yard.example/apply.",
        "Web page: https://yard.example/welding",
        "Original source: https://yard.example/catalogue.pdf",
        "As of: 2026-01",
        "Why it fits: free; Polish",
        "Sector: Mobility-transport-automotive",
        "Source: Courses of the yard, page 4 [1]",
        "Confirm the dates.",
        "Sources",
        "[1]: Courses of the yard, page 4 (catalogues/yard.pdf): “Spawanie kadłubów Deadline: 30 June 2027”",
    ):
        assert line in lines
    assert lines.index("Confirm the dates.") < lines.index("Sources")
    assert lines[1].startswith("Made on 24 November 2026 by an AI system")


@pytest.mark.parametrize(
    ("card", "others"),
    [
        (Opportunity, set()),
        (Partnership, {"region", "scale"}),  # the region stands in the place, the scale in the title
        (OpportunityRecord, {"type", "region", "as_of", "free", "cost_eur", "duration_days", "eqf", "digcomp",
                             "paid_by", "also_called", "told_in", "audiences", "starts_on", "deadline_on",
                             "evidence", "conflicts", "also_on"}),
        (PartnershipRecord, {"type", "region", "as_of", "scale", "lead", "sectors", "also_called", "told_in",
                             "evidence", "conflicts", "also_on"}),
    ],
)  # fmt: skip
def test_no_field_of_a_card_is_forgotten(card: type[Opportunity | AnyRecord], others: set[str]) -> None:
    assert set(card.model_fields) - NOT_SHOWN - others <= set(FIELDS)


def test_a_word_document_has_real_headings_a_title_and_languages() -> None:
    document = opened(to_docx(paper_of(answer_with(welding(), language="de"))))
    headings = [
        (p.style.name, p.text) for p in document.paragraphs if p.style and "Head" in str(p.style.name)
    ]
    assert headings == [
        ("Heading 1", "Which courses are free?"),
        ("Heading 2", "Spawanie kadłubów"),
        ("Heading 2", "Quellen"),
    ]
    assert document.core_properties.title == "Which courses are free?"
    assert document.core_properties.language == "de-DE"
    defaults = {each.get(qn("w:val")) for each in document.styles.element.iter(qn("w:lang"))}
    assert defaults == {"de-DE"}
    spoken = {
        "".join(t.text or "" for t in run._r.iter(qn("w:t"))): language.get(qn("w:val"))
        for paragraph in document.paragraphs
        for run in paragraph.runs
        for language in run._r.iter(qn("w:lang"))
    }
    assert spoken["Szkoła Stoczniowa"] == "pl-PL"  # what the document says, in its language
    assert spoken["Polnisch, Englisch"] == "de-DE"  # what stands for a code, in the reader's


def test_links_are_the_addresses_of_the_evidence_and_the_numbers_lead_to_their_sources() -> None:
    card = welding(url="javascript:alert(1)", how_to_apply="www.yard.example or ftp://yard.example/x")
    document = opened(to_docx(paper_of(answer_with(welding(), card))))
    links = [link for paragraph in document.paragraphs for link in paragraph.hyperlinks]
    assert {link.address for link in links if link.address} == {
        "https://yard.example/welding",
        "https://yard.example/apply",
        "https://yard.example/catalogue.pdf",
    }
    marks = {each.get(qn("w:name")) for each in document.element.iter(qn("w:bookmarkStart"))}
    assert {link.fragment for link in links if not link.address} == marks == {"source_1", "source_2"}


def test_a_plan_keeps_its_steps_numbers_and_tables() -> None:
    document = opened(to_docx(paper_of(PLAN)))
    styled = [(str(p.style.name), p.text) for p in document.paragraphs if p.style]
    assert ("List Number", "Sign the charter. [2]") in styled
    assert ("List Number", "Wait a [7] week. [1] [2]") in styled
    numbers = [
        p._p.pPr.numPr.numId.val for p in document.paragraphs if p.style and p.style.name == "List Number"
    ]
    assert numbers[0] == numbers[1] != numbers[2]  # the second list begins with 1 again
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Scheme", "Pays"],
        ["A", "10 % [1]"],
    ]
    assert [bool(row._tr.findall(f".//{qn('w:tblHeader')}")) for row in table.rows] == [True, False]
    assert any("section 2 (b.html)" in text for _, text in styled)


def test_an_entry_that_the_text_does_not_name_follows_with_a_source_of_its_own() -> None:
    lines = lines_of(to_docx(paper_of(answer_with(welding(), text="One course fits.", citations=[]))))
    assert "Source: Courses of the yard, page 4 [1]" in lines
    assert lines[-1] == "[1]: Courses of the yard, page 4 (catalogues/yard.pdf)"


def test_a_reply_without_anything_is_still_a_document() -> None:
    answer = Answer(status="not_found", language="fr", text="Rien trouvé.", standalone_question="Quoi ?")
    lines = lines_of(to_docx(paper_of(answer)))
    assert (lines[0], lines[-1]) == ("Quoi ?", "Rien trouvé.")


# ---- table -----------------------------------------------------------------------------------------------


def test_a_table_has_a_line_for_each_entry_with_document_and_page() -> None:
    content = to_csv(
        paper_of(answer_with(welding(), welding(reference="yard-2", title="Two", cost=None, page=7)))
    )
    assert content.startswith(b"\xef\xbb\xbfTitle,Type of offer,Provider,")
    first, second = rows_of(content)
    assert (first["Title"], first["Deadline"], first["Place"]) == (
        "Spawanie kadłubów",
        "30 June 2027",
        "Gdańsk, Poland",
    )
    assert (first["Document"], first["Page"], first["Source"]) == (CATALOGUE.path, "4", CATALOGUE.title)
    assert (second["Page"], second["Cost"], second["Reference"]) == ("7", "", "yard-2")


def test_a_plan_becomes_a_line_for_each_source_of_each_sentence() -> None:
    rows = rows_of(to_csv(paper_of(PLAN)))
    assert [(row["Text"], row["Document"], row["Page"]) for row in rows] == [
        ("Joining – It takes two steps:", "a.pdf", "3"),
        ("Sign the charter.", "b.html", "2"),
        ("Wait a [7] week.", "a.pdf", "3"),
        ("Wait a [7] week.", "b.html", "2"),
        ("A | 10 %", "a.pdf", "3"),
    ]
    assert rows[0]["Quote"] == "two steps"


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+49 123", "-2", "@SUM(A1)", "\t=1"])
def test_a_spreadsheet_runs_nothing(text: str) -> None:
    (row,) = rows_of(to_csv(paper_of(answer_with(welding(title=text, cost=text)))))
    assert row["Title"] == row["Cost"] == f"'{text.strip()}"


def test_the_separator_is_what_spreadsheets_expect_where_the_language_is_spoken() -> None:
    german = answer_with(welding()).model_copy(update={"language": "de"})
    (row,) = rows_of(to_csv(paper_of(german)), ";")
    assert (row["Anbieter"], row["Seite"], row["Lernform"]) == ("Szkoła Stoczniowa", "4", "vor Ort")


def test_without_entries_and_sources_there_is_no_table() -> None:
    with pytest.raises(NothingToSaveError, match="no entries and no sources"):
        to_csv(paper_of(PLAN.model_copy(update={"citations": []})))


# ---- calendar --------------------------------------------------------------------------------------------


def test_a_calendar_has_each_deadline_and_each_start_that_is_still_to_come() -> None:
    content = to_ics(paper_of(answer_with(welding())))
    deadline, start = events_of(content)
    assert str(deadline["SUMMARY"]) == "Deadline: Spawanie kadłubów"
    assert (deadline.decoded("DTSTART"), deadline.decoded("DTEND")) == (date(2027, 6, 30), date(2027, 7, 1))
    assert str(start["SUMMARY"]) == "Starts: Spawanie kadłubów"
    assert (start.decoded("DTSTART"), start.decoded("DTEND")) == (date(2027, 9, 1), date(2027, 10, 1))
    for line in (
        "Provider: Szkoła Stoczniowa",
        "Starts: September 2027",
        "How to apply: Write to the school, see https://yard.example/apply.",
        "Source: Courses of the yard, page 4 (catalogues/yard.pdf)",
    ):
        assert line in str(deadline["DESCRIPTION"]).splitlines()
    assert str(deadline["URL"]) == "https://yard.example/welding"
    (alarm,) = deadline.walk("VALARM")
    assert alarm.decoded("TRIGGER").days == -7
    assert "DTSTAMP" in deadline


def test_an_event_keeps_its_identity_and_two_events_never_share_one() -> None:
    cards = (welding(), welding(reference="yard-2"))
    once, again = (
        [str(event["UID"]) for event in events_of(to_ics(paper_of(answer_with(*cards), day)))]
        for day in (TODAY, date(2026, 12, 1))
    )
    assert once == again
    assert len(set(once)) == 4


def test_dates_in_the_past_are_left_out_and_counted() -> None:
    made = make(
        paper_of(answer_with(welding(deadline="2026-11-23"), welding(reference="b", starts=None))), "ics"
    )
    assert [event.decoded("DTSTART") for event in events_of(made.content)] == [
        date(2027, 9, 1),
        date(2027, 6, 30),
    ]
    assert made.notes == ("Dates in the past were left out: 1.",)
    assert "Deadline: 2026-11-23 (closed)" in lines_of(
        to_docx(paper_of(answer_with(welding(deadline="2026-11-23"))))
    )


def test_a_day_is_not_over_on_the_day_itself() -> None:
    card = welding(deadline="24 November 2026", starts=None)
    assert has_dates(answer_with(card), TODAY)
    assert len(events_of(to_ics(paper_of(answer_with(card))))) == 1
    assert not has_dates(answer_with(card), date(2026, 11, 25))


def test_without_dates_to_come_the_reader_is_told_in_the_language_of_the_reply() -> None:
    answer = answer_with(welding(deadline="rolling", starts="autumn 2027"))
    assert not has_dates(answer, TODAY)
    for language in languages():
        with pytest.raises(NothingToSaveError) as told:
            to_ics(paper_of(answer.model_copy(update={"language": language})))
        assert str(told.value) == say("saved_no_dates", language)


def test_lines_of_a_calendar_are_at_most_75_octets() -> None:
    told = "é, ; \\ " * 400
    card = welding(title="Ж" * 500, how_to_apply=told)
    content = to_ics(paper_of(answer_with(card)))
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    event, _ = events_of(content)
    assert str(event["SUMMARY"]) == f"Deadline: {'Ж' * 500}"
    assert f"How to apply: {told.strip()}" in str(event["DESCRIPTION"]).splitlines()


@pytest.mark.parametrize(
    ("wording", "spans"),
    [
        ("30 June 2027", [("2027-06-30", "2027-06-30")]),
        ("bis 30.06.2027", [("2027-06-30", "2027-06-30")]),
        ("2027-06-30 (end of programme)", [("2027-06-30", "2027-06-30")]),
        ("do 30 czerwca 2027", [("2027-06-30", "2027-06-30")]),
        ("février 2028", [("2028-02-01", "2028-02-29")]),
        ("1 October 2027 to 31 March 2028", [("2027-10-01", "2027-10-01"), ("2028-03-31", "2028-03-31")]),
        ("2027", []),
        ("autumn 2027", []),
        ("School year 2027-2028", []),
        ("1 September", []),
        ("31 February 2027", []),
        ("9999-12-31", []),
    ],
)
def test_days_and_months_with_their_year_are_dates_and_nothing_else(
    wording: str, spans: list[tuple[str, str]]
) -> None:
    assert [(first.isoformat(), last.isoformat()) for first, last in spans_in(wording)] == spans


def test_of_a_period_the_beginning_is_the_start_and_the_end_is_the_deadline() -> None:
    period = "1 October 2027 to 31 March 2028"
    deadline, start = events_of(to_ics(paper_of(answer_with(welding(deadline=period, starts=period)))))
    assert deadline.decoded("DTSTART") == date(2028, 3, 31)
    assert start.decoded("DTSTART") == date(2027, 10, 1)


# ---- all formats -----------------------------------------------------------------------------------------


def test_text_of_documents_stays_text_in_every_format() -> None:
    card = welding(title=HOSTILE, provider=HOSTILE, how_to_apply=HOSTILE * 500)
    paper = paper_of(answer_with(card, standalone_question=HOSTILE, text=HOSTILE))
    shown = "<script>alert(1)</script> & ]]> =1+1 \u202e {{x}} $HOME %s [7] **b**"
    content = to_docx(paper)
    assert f"Provider: {shown}" in lines_of(content)
    assert b"<script" not in ZipFile(io.BytesIO(content)).read("word/document.xml")
    (row,) = rows_of(to_csv(paper))
    assert (row["Title"], row["Provider"]) == (shown, shown)
    event, _ = events_of(to_ics(paper))
    assert str(event["SUMMARY"]) == f"Deadline: {shown}"
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", to_ics(paper))


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=300))
def test_no_text_breaks_a_format(text: str) -> None:
    card = welding(title=text or "x", provider=text, url=text, how_to_apply=text)
    paper = paper_of(answer_with(card, text=text, standalone_question=text))
    opened(to_docx(paper))
    assert len(rows_of(to_csv(paper))) == 1
    assert len(events_of(to_ics(paper))) == 2


@pytest.mark.parametrize("language", languages())
def test_every_language_has_all_formats_in_its_own_words(language: str) -> None:
    paper = paper_of(answer_with(welding()).model_copy(update={"language": language}))
    lines = lines_of(to_docx(paper))
    assert f"{say('label_provider', language)}: Szkoła Stoczniowa" in lines
    assert say("label_sources", language) in lines
    delimiter = "," if language in ("en", "ga", "mt") else ";"
    (row,) = rows_of(to_csv(paper), delimiter)
    assert row[say("label_page_number", language)] == "4"
    event, _ = events_of(to_ics(paper))
    assert str(event["SUMMARY"]).startswith(say("label_deadline", language))


def test_a_file_is_named_for_its_day_and_never_for_the_question() -> None:
    made = {form: make(paper_of(answer_with(welding())), form) for form in FORMS}
    assert {file.name for file in made.values()} == {
        "pact-for-skills-2026-11-24.docx",
        "pact-for-skills-2026-11-24.csv",
        "pact-for-skills-2026-11-24.ics",
    }


def test_an_unknown_format_names_the_known_ones(tmp_path: Path) -> None:
    assert form_of(Path("LIST.DOCX")) == "docx"
    with pytest.raises(AssistantError, match=r"list.pdf does not end in .*: \.docx, \.csv, \.ics"):
        form_of(Path("list.pdf"))
    with pytest.raises(AssistantError, match="No such file or directory"):
        write(tmp_path / "no" / "list.docx", b"")


def test_html_entities_and_escapes_are_read_as_written() -> None:
    (block,) = blocks_of(r"a &lt;b&gt; \*c\* <i>d</i> [1] \[1\]", {1})
    assert block.text == "a &lt;b&gt; *c* <i>d</i> [1]"
    assert block.sources == (1,)


def test_a_very_long_question_is_the_whole_heading_and_the_beginning_of_the_title() -> None:
    question = "Which courses? " * 300
    document = opened(to_docx(paper_of(answer_with(welding(), standalone_question=question))))
    assert document.paragraphs[0].text == question.strip()
    assert document.core_properties.title == question[:255]
