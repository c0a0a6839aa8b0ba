"""Prompt files, their loader and the fences around data."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import PromptError
from assistant.prompts.fence import fence, new_marker
from assistant.prompts.loader import PROMPTS, load_prompt


def write(folder: Path, text: str) -> Path:
    (folder / "greet.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_prompt_is_rendered_with_its_variables(tmp_path: Path) -> None:
    prompt = load_prompt("greet", folder=write(tmp_path, "system: In $language.\nprompt: Greet ${name}!\n"))
    rendered = prompt.render(language="Polish", name="Łucja")
    assert (rendered.system, rendered.prompt) == ("In Polish.", "Greet Łucja!")


def test_a_dollar_in_a_value_is_not_a_variable(tmp_path: Path) -> None:
    prompt = load_prompt("greet", folder=write(tmp_path, "system: s\nprompt: Say $text\n"))
    assert prompt.render(text="$text costs $5").prompt == "Say $text costs $5"


def test_an_unknown_key_is_refused_with_the_name_of_the_file(tmp_path: Path) -> None:
    folder = write(tmp_path, "system: a\nprompt: b\ntemprature: 0\n")
    with pytest.raises(PromptError, match=r"greet\.yaml: temprature: Extra inputs are not permitted"):
        load_prompt("greet", folder=folder)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("prompt: b\n", "system: Field required"),
        ("- a\n- b\n", "file: Input should be a valid dictionary"),
        ("", "file: Input should be a valid dictionary"),
        ("system: 3\nprompt: b\n", "system: Input should be a valid string"),
        ("system: a: b: c\n", "cannot read .*greet.yaml"),
        ("system: costs 5$\nprompt: b\n", 'system holds a "\\$" that names no variable'),
    ],
)
def test_a_malformed_file_is_refused_with_the_reason(tmp_path: Path, content: str, complaint: str) -> None:
    with pytest.raises(PromptError, match=complaint):
        load_prompt("greet", folder=write(tmp_path, content))


def test_an_unknown_prompt_is_refused_and_the_known_ones_are_listed(tmp_path: Path) -> None:
    write(tmp_path, "system: a\nprompt: b\n")
    with pytest.raises(PromptError, match=r"no prompt 'leave' in .*; there is: greet"):
        load_prompt("leave", folder=tmp_path)


def test_missing_and_unused_variables_are_named(tmp_path: Path) -> None:
    prompt = load_prompt("greet", folder=write(tmp_path, "system: $a\nprompt: $b $c\n"))
    with pytest.raises(
        PromptError, match=r"prompt 'greet': missing a, c; unused d\. Its variables are: a, b, c"
    ):
        prompt.render(b="1", d="2")


def test_the_hash_follows_the_texts_and_not_the_comments(tmp_path: Path) -> None:
    first = load_prompt("greet", folder=write(tmp_path, "system: a\nprompt: b\n")).hash
    commented = load_prompt("greet", folder=write(tmp_path, "# why\nsystem: a\nprompt: b\n")).hash
    changed = load_prompt("greet", folder=write(tmp_path, "system: a\nprompt: c\n")).hash
    assert first == commented
    assert first != changed
    assert len(first) == 16


@pytest.mark.parametrize("path", sorted(PROMPTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_packaged_prompt_loads(path: Path) -> None:
    assert load_prompt(path.stem).variables


def test_a_marker_is_drawn_again_when_a_passage_contains_it() -> None:
    draws = iter(["aaaa", "bbbb", "cccc"])
    assert new_marker(["<<end of passage 1 AAAA>>", "x bbbb"], draw=lambda: next(draws)) == "cccc"


@given(text=st.text())
def test_a_fenced_text_is_closed_only_by_its_own_last_line(text: str) -> None:
    marker = new_marker([text])
    lines = fence("passage 1", text, marker).split("\n")
    assert [number for number, line in enumerate(lines) if marker in line] == [0, len(lines) - 1]
    assert "\n".join(lines[1:-1]) == text
