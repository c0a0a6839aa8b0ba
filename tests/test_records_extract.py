"""Records from entries in layouts and languages that the corpus does not have."""

from datetime import date
from pathlib import Path

import pytest

from assistant.documents import Block, Document, ExtractedDocument, Page
from assistant.records import levels, normalise
from assistant.records.extract import extract_records
from assistant.records.models import (
    AnyRecord,
    BlueprintRecord,
    FundingRecord,
    OccupationRecord,
    OpportunityRecord,
    PartnershipRecord,
)


def document(
    *pages: list[tuple[str, ...]], kind: str = "catalogue", language: str = "en", title: str = "Sample"
) -> ExtractedDocument:
    """Pages of blocks: (kind of block, text) or (table_row, cell, cell, ...); a heading's level is its #s."""
    made = []
    for number, blocks in enumerate(pages, start=1):
        text, found, columns = "", [], ()
        for block_kind, *parts in blocks:
            level = len(parts[0]) - len(parts[0].lstrip("#")) if block_kind == "heading" else 0
            start, cells = len(text), []
            for part in [each.lstrip("# ") if level else each for each in parts]:
                cells.append((len(text), len(text) + len(part)))
                text += part + " "
            is_table = block_kind.startswith("table")
            if block_kind == "table_header":
                columns = tuple(parts)
            elif not is_table:
                columns = ()
            span = (start, len(text) - 1)
            found.append(
                Block(block_kind, span, level, columns if is_table else (), tuple(cells) if is_table else ())
            )
            text = text[:-1] + "\n"
        made.append(Page(number, text, tuple(found)))
    about = Document("sample.pdf", title, "0" * 64, len(made), kind, language, as_of=date(2026, 3, 1))
    return ExtractedDocument(about, tuple(made))


def offers(*pages: list[tuple[str, ...]]) -> list[OpportunityRecord]:
    found = extract_records(document(*pages)).records
    assert all(isinstance(each, OpportunityRecord) for each in found)
    return [each for each in found if isinstance(each, OpportunityRecord)]


def lines(*texts: str) -> list[tuple[str, ...]]:
    return [("heading", text) if text.startswith("#") else ("paragraph", text) for text in texts]


def test_german_lines() -> None:
    (offer,) = offers(
        lines(
            "# Kurse in Deutschland", "## Schweißen für Einsteiger", "Art: Lehrgang",
            "Anbieter: Handwerkskammer Köln", "Ort: Köln", "Unterrichtssprache: Deutsch",
            "Dauer: 6 bis 8 Wochen", "Kosten: kostenlos", "Bewerbungsschluss: 15. März 2026",
            "Zielgruppe: Arbeitslose und Geflüchtete", "Inhalte: MAG, WIG",
        )
    )  # fmt: skip
    assert (offer.title, offer.kind, offer.provider) == (
        "Schweißen für Einsteiger",
        "course",
        "Handwerkskammer Köln",
    )
    assert (offer.countries, offer.languages, offer.city) == (("DE",), ("de",), "Köln")
    assert (offer.duration_days, offer.free, offer.deadline_on) == ((42, 56), True, date(2026, 3, 15))
    assert (offer.audiences, offer.skills) == (("unemployed", "refugee"), ("MAG", "WIG"))
    assert offer.evidence["countries"].text == "Kurse in Deutschland"
    assert offer.evidence["duration"].text == "6 bis 8 Wochen"


def test_one_row_for_each_offer() -> None:
    header = ("table_header", "Intitulé", "Organisme", "Durée", "Coût", "Langue")
    first, second = offers(
        [
            ("heading", "# Formations"),
            header,
            ("table_row", "Soudeur", "AFPA", "3 mois", "450 €", "français"),
            ("table_row", "Maçon", "CFA de Lyon", "2 ans", "gratuit", "français"),
        ]
    )
    assert (first.title, first.provider, first.duration_days) == ("Soudeur", "AFPA", (90, 90))
    assert (first.free, first.cost_eur, first.languages) == (False, (450.0, 450.0), ("fr",))
    assert (second.title, second.free, second.duration_days) == ("Maçon", True, (730, 730))
    assert first.reference != second.reference


def test_one_column_for_each_offer() -> None:
    columns = ("", "Kurs spawania", "Kurs CNC")
    found = offers(
        [
            ("table_header", *columns),
            ("table_row", "Organizator", "ZDZ Katowice", "CKZ Opole"),
            ("table_row", "Czas trwania", "4 tygodnie", "120 godzin"),
            ("table_row", "Koszt", "bezpłatny", "900 EUR"),
            ("table_row", "Język", "polski", "polski"),
        ]
    )
    assert [(each.title, each.provider, each.free) for each in found] == [
        ("Kurs spawania", "ZDZ Katowice", True),
        ("Kurs CNC", "CKZ Opole", False),
    ]
    assert [each.duration_days for each in found] == [(28, 28), None]


def test_labels_on_lines_of_their_own_and_several_on_a_line() -> None:
    (offer,) = offers(
        lines(
            "# Curso de jardinería", "Proveedor: Escuela Verde",
            "Duración: 5 semanas | Precio: 120 euros | Idioma: español",
            "Requisitos:", "Ninguno; se recomienda", "ropa de trabajo", "Modalidad: a distancia",
        )
    )  # fmt: skip
    assert (offer.duration_days, offer.cost_eur, offer.languages) == ((35, 35), (120.0, 120.0), ("es",))
    assert offer.eligibility == "Ninguno; se recomienda ropa de trabajo"
    assert offer.mode == "online"


def test_an_entry_goes_on_over_a_page_break_and_a_repeated_heading() -> None:
    first, second = offers(
        lines("# Welder", "Provider: Metal School", "Language: English", "Who can take part: Adults who"),
        lines("# Welder (continued)", "live in Ireland", "Cost: free", "# Roofer", "Provider: Roof School",
              "Language: English", "Mode: on-site"),
    )  # fmt: skip
    assert (first.eligibility, first.free) == ("Adults who live in Ireland", True)
    assert first.evidence["eligibility"].page == 1
    assert first.evidence["eligibility"].text == "Adults who"
    assert first.evidence["cost"].page == 2
    assert (second.title, second.page, second.mode) == ("Roofer", 2, "on-site")


def test_entries_without_headings_are_told_apart_by_a_label_that_comes_again() -> None:
    first, second = offers(
        lines("Offers of this year", "Baker", "Kind: apprenticeship", "Provider: Crumb", "Mode: work-based",
              "Butcher", "Kind: apprenticeship", "Provider: Cleaver", "Mode: work-based")
    )  # fmt: skip
    assert [(each.title, each.provider) for each in (first, second)] == [
        ("Baker", "Crumb"),
        ("Butcher", "Cleaver"),
    ]


def test_prose_and_tables_of_other_things_are_no_records() -> None:
    found = extract_records(
        document(
            [
                ("heading", "# How to write a report"),
                ("paragraph", "Duration: we mean the time that a reader needs."),
                ("paragraph", "Cost: nothing is free, as every author knows."),
                ("table_row", "Chapter", "Pages"),
                ("table_row", "One", "12"),
            ]
        )
    )
    assert found.records == ()


def test_what_looked_like_a_record_is_reported() -> None:
    found = extract_records(
        document(lines("# Mystery", "Provider: Someone", "Flavour: sour", "Colour: blue", "Shape: round"))
    )
    assert found.records == ()
    (problem,) = found.not_understood
    assert (problem.document, problem.page, problem.title) == ("sample.pdf", 1, "Mystery")


def test_a_funding_scheme() -> None:
    found = extract_records(
        document(
            [
                ("heading", "# Training voucher"),
                ("table_row", "Who applies", "Unemployed people"),
                ("table_row", "Amount", "Up to 750 EUR"),
            ],
            kind="funding",
        )
    ).records
    (scheme,) = found
    assert isinstance(scheme, FundingRecord)
    assert (scheme.amount, scheme.audiences) == ("Up to 750 EUR", ("unemployed",))


def test_an_occupational_profile_under_headings_with_lists() -> None:
    (profile,) = extract_records(
        document(
            [
                ("heading", "# Battery technician"),
                ("heading", "## Tasks"),
                *(("list_item", task) for task in ("Assemble cells", "Test modules", "Log faults",
                                                   "Store packs safely", "Train newcomers")),
                ("heading", "## Skills"),
                ("list_item", "Reading drawings"),
                ("list_item", "First aid"),
                ("heading", "## EQF level"),
                ("paragraph", "4"),
                ("heading", "## Knowledge"),
                ("paragraph", "Chemistry of cells; rules for transport"),
                ("heading", "# Wind technician"),
            ]
        )
    ).records  # fmt: skip
    assert isinstance(profile, OccupationRecord)
    assert (profile.title, profile.level, profile.eqf) == ("Battery technician", "4", (4, 4))
    assert profile.tasks == (
        "Assemble cells", "Test modules", "Log faults", "Store packs safely", "Train newcomers"
    )  # fmt: skip
    assert profile.skills == ("Reading drawings", "First aid")
    assert profile.knowledge == ("Chemistry of cells", "rules for transport")
    assert profile.evidence["tasks"].text == (
        "Assemble cells Test modules Log faults Store packs safely Train newcomers"
    )


@pytest.mark.parametrize(
    ("title", "labels"),
    [
        ("Solarteur", ("Aufgaben", "Fähigkeiten", "EQR-Niveau")),
        ("Technicien éolien", ("Missions principales", "Compétences", "Niveau CEC")),
        ("Técnico de baterías", ("Funciones", "Competencias clave", "Nivel MEC")),
        ("Installatore", ("Compiti", "Abilità", "Livello EQF")),
        ("Technik robotyki", ("Zadania zawodowe", "Umiejętności", "Poziom PRK")),
        ("Technik", ("Pracovní činnosti", "Dovednosti", "Úroveň EQF")),
        ("Техник", ("Основни задачи", "Умения", "Ниво по ЕКР")),
    ],
)
def test_occupational_profiles_in_other_languages(title: str, labels: tuple[str, ...]) -> None:
    table = [("table_row", label, value) for label, value in zip(labels, ("a; b", "c; d", "5"), strict=True)]
    (profile,) = extract_records(document([("heading", f"# {title}"), *table])).records
    assert isinstance(profile, OccupationRecord)
    assert (profile.title, profile.tasks, profile.skills) == (title, ("a", "b"), ("c", "d"))
    assert profile.eqf == (5, 5)


def test_a_course_that_names_tasks_stays_a_course() -> None:
    (offer,) = offers(
        lines("# Welder", "Provider: Metal School", "Duration: 3 weeks", "Tasks: welding", "Skills: MAG")
    )
    assert offer.type == "opportunity"


def test_levels_whose_label_names_the_framework() -> None:
    (offer,) = offers(
        lines("# Kurs", "Anbieter: VHS", "Dauer: 3 Tage", "EQR-Niveau: 3-4", "DigComp-Niveau: 2")
    )
    assert (offer.eqf, offer.digcomp, offer.level) == ((3, 4), (2, 2), "3-4")
    assert (offer.evidence["eqf"].text, offer.evidence["digcomp"].text) == ("3-4", "2")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("DigComp 3", (3, 3)),
        ("Niveau DigComp 4", (4, 4)),
        ("DigComp level 1-2", (1, 2)),
        ("DigComp 2.2, level 5", (5, 5)),
        ("4. úroveň DigComp", (4, 4)),
        ("Nivel A2 a B1 de DigComp", (2, 3)),
        ("poziom średniozaawansowany (DigComp)", (3, 4)),
        ("DigComp: Grundlagen bis fortgeschritten", (1, 6)),
        ("DigComp highly specialised", (7, 8)),
        ("DigComp 2.2", None),
        ("aligned with DigComp 3.0", None),
        ("advanced", None),
        ("level 4", None),
    ],
)
def test_digcomp_levels(text: str, wanted: tuple[int, int] | None) -> None:
    assert levels.digcomp_in(text) == wanted


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://a.example and the page of b", "https://a.example"),
        ("https://a.example/very-long- path/x", "https://a.example/very-long-path/x"),
        ("https://a.example/train ing", "https://a.example/training"),
        ("https://a.example/x,-y ,-z_1.html", "https://a.example/x,-y,-z_1.html"),
        ("https://a.example, telephone 02 547 55", "https://a.example"),
        ("https://a.example https://b.example", "https://a.example"),
        ("ask at the school", ""),
    ],
)
def test_addresses(text: str, address: str) -> None:
    assert normalise.address_in(text) == address


def test_text_below_a_table_is_no_part_of_its_last_cell() -> None:
    table = [("table_row", "Provider", "School"), ("table_row", "Language", "English"),
             ("table_row", "Website", "https://school.example")]  # fmt: skip
    (offer,) = offers([("heading", "# Course"), *table, ("paragraph", "The school is old."),
                       ("paragraph", "Mode: online")])  # fmt: skip
    assert (offer.url, offer.mode) == ("https://school.example", "online")


def funding(*pages: list[tuple[str, ...]], language: str = "en") -> list[FundingRecord]:
    found = extract_records(document(*pages, kind="funding", language=language)).records
    assert all(isinstance(each, FundingRecord) for each in found)
    return [each for each in found if isinstance(each, FundingRecord)]


def test_a_scheme_with_amounts_under_labels_of_its_own_and_steps_below() -> None:
    (scheme,) = funding(
        [
            ("heading", "# Wallet for small firms (Flanders)"),
            ("table_header", "Topic", "Wallet for small firms"),
            ("table_row", "Who applies", "Employer"),
            ("table_row", "Small company", "30 % of the fee"),
            ("table_row", "Medium company", "20 % of the fee"),
            ("table_row", "Turnover", "At most EUR 10 million"),
            ("heading", "## How does a company use it, step by step?"),
            ("list_item", "1. Enrol."),
            ("list_item", "2. Apply online."),
        ]
    )
    assert scheme.amount == "Small company: 30 % of the fee; Medium company: 20 % of the fee"
    assert scheme.evidence["amount"].text == "Small company 30 % of the fee Medium company 20 % of the fee"
    assert (scheme.who, scheme.applicant, scheme.how_to_apply) == (
        "Employer", "Employer", "1. Enrol. 2. Apply online."
    )  # fmt: skip
    assert (scheme.countries, scheme.also_called) == (("BE",), "Wallet for small firms")


def test_two_tables_below_one_heading_are_named_by_their_heads() -> None:
    first, second = funding(
        [
            ("heading", "# Leave and cheques"),
            ("table_header", "Thema", "Bildungsurlaub"),
            ("table_row", "Wer stellt den Antrag", "Beschäftigte"),
            ("table_row", "Betrag", "125 Stunden"),
            ("table_row", "Thema", "Bildungsscheck"),
            ("table_row", "Wer stellt den Antrag", "Arbeitslose"),
            ("table_row", "Betrag", "bis 250 Euro"),
        ],
        language="de",
    )
    assert [(each.title, each.amount) for each in (first, second)] == [
        ("Bildungsurlaub", "125 Stunden"),
        ("Bildungsscheck", "bis 250 Euro"),
    ]


def test_a_head_that_names_nothing_is_no_title() -> None:
    (scheme,) = funding(
        [
            ("heading", "# Bildungsscheck"),
            ("table_header", "Thema", "Angaben"),
            ("table_row", "Wer stellt den Antrag", "Beschäftigte"),
            ("table_row", "Betrag", "bis 250 Euro"),
        ]
    )
    assert (scheme.title, scheme.also_called) == ("Bildungsscheck", "")


def test_a_scheme_told_in_sentences_and_one_of_which_too_little_is_told() -> None:
    found = extract_records(
        document(
            [
                ("heading", "# Sector funds"),
                ("paragraph", "Sector funds exist since 1991. The funds pay 80 % of the fee for employees. "
                              "Ask your union for the form."),
                ("heading", "# Training premium"),
                ("paragraph", "The training premium exists since April 2024; nothing more is known."),
                ("heading", "# What can a worker do?"),
                ("paragraph", "A worker who applies in time gets 80 % of the fee."),
            ],
            kind="funding",
        )
    )  # fmt: skip
    (scheme,) = found.records
    assert isinstance(scheme, FundingRecord)
    assert scheme.amount == "The funds pay 80 % of the fee for employees."
    assert (scheme.audiences, scheme.how_to_apply) == (("employed",), "Ask your union for the form.")
    assert [(each.title, each.page) for each in found.not_understood] == [("Training premium", 1)]


def test_a_closed_scheme_is_known_by_its_title_or_its_state() -> None:
    rows = [("table_row", "Who applies", "Workers"), ("table_row", "Amount", "100 EUR")]
    by_title, by_state, opened = funding(
        [
            ("heading", "# STAP (closed)"), *rows,
            ("heading", "# Voucher"), *rows, ("table_row", "Status", "Applications closed in March 2026"),
            ("heading", "# Grant"), *rows,
        ]
    )  # fmt: skip
    assert [each.status for each in (by_title, by_state, opened)] == ["closed", "closed", ""]
    assert by_state.evidence["status"].text == "Applications closed in March 2026"


def test_a_partnership_told_in_sentences() -> None:
    found = extract_records(
        document(
            [
                ("heading", "# Pomorskie (Poland)"),
                ("paragraph", "The Pomorskie Partnership for Skills works on skills for clean energy."),
                ("heading", "# The energy ecosystem"),
                ("paragraph", "It covers wind and sun. Over 1000 firms work in it since 2020."),
            ],
            kind="partnership",
            title="Regional skills partnerships",
        )
    )
    (partnership,) = found.records
    assert isinstance(partnership, PartnershipRecord)
    assert (partnership.countries, partnership.scale) == (("PL",), "regional")
    assert partnership.focus.startswith("The Pomorskie Partnership")


def test_schemes_partnerships_and_blueprints_of_the_sources_become_records(
    corpus_documents: list[ExtractedDocument],
) -> None:
    from eval import schemes

    records = [record for each in corpus_documents for record in extract_records(each).records]

    def share(named: list[schemes.Named], field: str = "title") -> float:
        filled = [getattr(schemes.found(each, records), field, "") for each in named]
        return sum(map(bool, filled)) / len(filled)

    assert share(schemes.schemes()) >= 0.95
    least = {"countries": 0.95, "amount": 0.9, "who": 0.9, "how_to_apply": 0.8}
    assert {name: each for name in least if (each := share(schemes.schemes(), name)) < least[name]} == {}
    assert share(schemes.large_partnerships()) == share(schemes.regional_partnerships()) == 1
    assert share(schemes.blueprints()) == 1


def test_every_country_has_its_schemes(corpus_documents: list[ExtractedDocument]) -> None:
    schemes = [
        record
        for each in corpus_documents
        for record in extract_records(each).records
        if record.type == "funding"
    ]
    members = set(normalise.EUROPE[:27])
    assert members <= {code for scheme in schemes for code in scheme.countries}
    assert [scheme.title for scheme in schemes if not scheme.countries] == []


def test_every_evidence_of_the_corpus_stands_on_its_page(corpus_documents: list[ExtractedDocument]) -> None:
    checked = 0
    for each in corpus_documents:
        pages = {page.number: " ".join(page.text.split()) for page in each.pages}
        for record in extract_records(each).records:
            for name, proof in record.evidence.items():
                assert " ".join(proof.text.split()) in pages[proof.page], (
                    each.document.path,
                    record.title,
                    name,
                )
                checked += 1
    assert checked > 5000


def test_the_records_of_the_catalogues_are_recovered(corpus_documents: list[ExtractedDocument]) -> None:
    from eval.records import TRUTH, opportunities_of, read_truth, recovery

    outcome = recovery(read_truth(TRUTH), opportunities_of(corpus_documents))
    assert outcome.record_recall >= 0.98
    assert outcome.value_recall >= 0.97
    assert outcome.invented.total() == 0


@pytest.fixture(scope="module")
def corpus_documents() -> list[ExtractedDocument]:
    from assistant.errors import AssistantError
    from assistant.index.reader import Index
    from assistant.settings import load_settings

    try:
        index = Index.open(load_settings().index_dir)
    except AssistantError as error:
        pytest.skip(f"needs the index of the corpus: {error}")
    with index:
        return [index.content(each.path)[0] for each in index.documents()]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3.5 years, can be shortened", (1278, 1278)),
        ("6 Monate", (180, 180)),
        ("2 à 3 semaines", (14, 21)),
        ("10-12 weeks", (70, 84)),
        ("18 miesięcy", (540, 540)),
        ("3 měsíce", (90, 90)),
        ("2 vuotta", (730, 730)),
        ("480 study hours", None),
        ("flexible", None),
    ],
)
def test_durations(text: str, days: tuple[int, int] | None) -> None:
    assert normalise.duration_in(text) == days


@pytest.mark.parametrize(
    ("text", "free", "euro"),
    [
        ("free", True, (0.0, 0.0)),
        ("bezpłatnie", True, (0.0, 0.0)),
        ("1.200 EUR", False, (1200.0, 1200.0)),
        ("€ 99,50", False, (99.5, 99.5)),
        ("between 100 and 250 euros", False, (250.0, 250.0)),
        ("Free for members, others 45 EUR", None, (0.0, 45.0)),
        ("10% of the course cost; free for returners", None, None),
        ("Paid: 820 EUR net per month", None, None),
        ("ask", None, None),
    ],
)
def test_costs(text: str, free: bool | None, euro: tuple[float, float] | None) -> None:
    assert normalise.cost_in(text) == (free, euro)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("14 November 2022", date(2022, 11, 14)),
        ("bis 1. Mai 2026", date(2026, 5, 1)),
        ("2026-06-30", date(2026, 6, 30)),
        ("30.06.2026", date(2026, 6, 30)),
        ("15 de marzo de 2026", date(2026, 3, 15)),
        ("do 31 października 2025", date(2025, 10, 31)),
        ("Runs until May 2026", date(2026, 5, 31)),
        ("Programme runs to 2027", date(2027, 12, 31)),
        ("October", None),
        ("31.02.2026", date(2026, 12, 31)),
    ],
)
def test_last_days(text: str, day: date | None) -> None:
    assert normalise.last_day_in(text) == day


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Germany (DE), Austria (AT)", ("DE", "AT")),
        ("Deutschland und Österreich", ("DE", "AT")),
        ("Česko", ("CZ",)),
        ("Ελλάδα", ("GR",)),
        ("EU-wide (EU)", ("EU",)),
        ("Atlantis", ()),
        ("Spain and Atlantis", ()),
    ],
)
def test_countries(text: str, codes: tuple[str, ...]) -> None:
    assert normalise.countries_in(text) == codes


@pytest.mark.parametrize(
    ("text", "mode"),
    [("Online und Präsenz", "blended"), ("on-site", "on-site"), ("à distance", "online"),
     ("zdalnie", "online"), ("im Betrieb", "work-based"), ("hybrid", "blended"), ("evenings", None)],
)  # fmt: skip
def test_modes(text: str, mode: str | None) -> None:
    assert normalise.mode_in(text) == mode


def test_words_of_every_closed_set_are_known() -> None:
    assert normalise.kind_in("Coding boot camp") == "bootcamp"
    assert normalise.kind_in("Something new") == "something new"
    assert normalise.ecosystem_in("Aerospace & defence") == "Aerospace & defence"
    assert levels.eqf_in("EQF 4 to 6") == (4, 6)
    assert levels.eqf_in("NFQ level 6 (Ireland)") is None
    assert Path(normalise.__file__).with_name("vocabulary.yaml").is_file()


def partnership(title: str, *values: tuple[str, str], above: str = "# Partnerships") -> AnyRecord:
    rows = [("table_row", label, value) for label, value in values]
    (found,) = extract_records(document([("heading", above), ("heading", f"## {title}"), *rows])).records
    return found


def test_a_partnership_reaches_as_far_as_its_headings_say() -> None:
    told = (("Launch", "May 2025"), ("Coordinators", "Chamber of Lodz"), ("Target", "500 people"))
    found = partnership("Lodz (Poland)", *told, above="# Regional skills partnerships")
    assert isinstance(found, PartnershipRecord)
    assert found.scale == "regional"
    found = partnership("Skills for Ports", *told, above="# All large-scale partnerships")
    assert isinstance(found, PartnershipRecord)
    assert found.scale == "large-scale"


def test_without_such_a_heading_an_area_makes_a_partnership_regional() -> None:
    found = partnership("Skåne", ("Launch", "May 2025"), ("Area", "Sweden (Skåne)"), ("Focus", "Design"))
    assert isinstance(found, PartnershipRecord)
    assert (found.scale, found.countries, found.region) == ("regional", ("SE",), "Sweden (Skåne)")


def test_the_wording_of_sectors_names_an_ecosystem_when_it_is_mostly_that() -> None:
    years = (("Acronym", "X"), ("Years", "2020 to 2024"))
    named = partnership("X", *years, ("Sector", "Microelectronics (electronics)"))
    several = partnership("X", *years, ("Sectors", "Health; construction; tourism"))
    assert isinstance(named, BlueprintRecord)
    assert isinstance(several, BlueprintRecord)
    assert (named.ecosystem, named.evidence["ecosystem"].text) == (
        "Electronics",
        "Microelectronics (electronics)",
    )
    assert (several.ecosystem, several.sectors) == ("", "Health; construction; tourism")


def test_numbers_beyond_all_measure_are_no_values() -> None:
    digits = "9" * 400  # infinite as a float, which neither a database nor JSON holds
    assert normalise.duration_in(f"{digits} days") is None
    assert normalise.duration_in("999999 years, that is 3 days") == (3, 3)
    assert normalise.cost_in(f"{digits} EUR") == (None, None)
    assert normalise.money_in(f"{digits} EUR or 20 EUR") == [20.0]


def test_a_sector_is_named_as_a_whole() -> None:
    assert normalise.ecosystem_in("CONSTRUCTION") == normalise.ecosystem_in("Baugewerbe") == "Construction"
    assert normalise.ecosystem_in("constructions of Lego") == ""
