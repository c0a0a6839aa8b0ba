"""Catalogues in layouts that the project does not use itself."""

from pathlib import Path
from types import ModuleType

import pytest
from pdfs import catalogues, eleventh, ninth, tenth, unseen

from assistant.ingest.extract import Limits
from assistant.ingest.formats import read_document
from eval.records import TRUTH, opportunities_of, read_truth, recovery

LIMITS = Limits(max_file_mb=50, max_pages=500, max_seconds=60, max_memory_mb=2048)
RECORDS_EACH = 30
WANTED = 0.9
SETS = [
    (made_by, layout)
    for made_by in (catalogues, unseen, ninth, tenth, eleventh)
    for layout in made_by.LAYOUTS
]


@pytest.mark.parametrize(("made_by", "layout"), SETS, ids=[layout for _, layout in SETS])
def test_records_are_recovered_from_a_layout(made_by: ModuleType, layout: str, tmp_path: Path) -> None:
    records = catalogues.sample(read_truth(TRUTH), list(made_by.LAYOUTS).index(layout), RECORDS_EACH)
    file = tmp_path / (layout if "." in layout else f"{layout}.pdf")
    truth = made_by.typeset(layout, records, file)
    document = read_document(file, name=file.name, limits=LIMITS)
    found = recovery(truth, opportunities_of([document]))
    figures = f"records {found.record_recall:.3f}, values {found.value_recall:.3f}, wrong {found.wrong[:5]}"
    assert found.record_recall >= WANTED, figures
    assert found.value_recall >= WANTED, figures
    assert found.invented.total() <= 0.02 * found.values.total(), found.invented
