"""The student: what it sees, how it is trained, and that it finds English pages for other languages."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_kit import WordEncoder

from assistant import lexicon
from assistant.errors import EncoderError
from assistant.multilingual import measure, train
from assistant.multilingual.encoder import MultilingualEncoder
from assistant.multilingual.link import Linker
from assistant.multilingual.ngrams import features
from assistant.multilingual.parallel import HELD_OUT, LABELS, Concept, concepts
from assistant.multilingual.student import Student, quantise
from assistant.retrieval.encoder import load_encoder, space_of
from assistant.settings import load_settings

ESCO = Path(os.environ.get("ESCO_DIR", Path(__file__).parents[2] / "shared" / "data" / "esco"))
needs_esco = pytest.mark.skipif(
    not (ESCO / LABELS).is_file(), reason=f"no ESCO labels in {ESCO}; see ESCO_DIR"
)


def seen(text: str) -> list[int]:
    return sorted(features([text])[0].tolist())


def test_a_word_of_two_letters_has_two_trigrams_one_4_gram_and_itself() -> None:
    assert len(seen("ab")) == 4  # " ab", "ab ", " ab " and the word
    assert len(set(seen("ab"))) == 4


def test_words_are_seen_alike_however_they_are_written_and_wherever_they_stand() -> None:
    assert seen("Schweißer!") == seen("SCHWEISSER")
    assert set(seen("welder")) < set(seen("a welder, in Gdansk"))
    assert sorted(seen("welder") + seen("Gdańsk")) == seen("Gdansk welder")


def test_a_text_without_letters_shows_nothing() -> None:
    assert seen("") == seen("?! …") == []


@given(st.lists(st.text(max_size=30), max_size=5))
def test_texts_do_not_touch_one_another(texts: list[str]) -> None:
    hashes, owners = features(texts)
    for at, text in enumerate(texts):
        assert sorted(hashes[owners == at].tolist()) == seen(text)
    assert (np.diff(owners) >= 0).all()


def test_bytes_give_the_vectors_back_to_a_255th_of_their_largest_part() -> None:
    vectors = np.random.default_rng(1).normal(size=(50, 16)).astype(np.float32)
    small, scales = quantise(vectors)
    assert small.dtype == np.int8
    assert np.abs(small * scales[:, None] - vectors).max() <= np.abs(vectors).max() / 254 + 1e-6


# ---- training ---------------------------------------------------------------------------------------------


def concept(number: int) -> Concept:
    english, german = f"word{number} of english", f"wort{number} auf deutsch"
    return Concept(f"phrase:{number}", "phrase", {"en": (english,), "de": (german,)})


KNOWN = [concept(number) for number in range(30)]


def tiny_teacher() -> train.Teacher:
    vectors = np.random.default_rng(2).normal(size=(30, 12)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return train.Teacher([each.texts["en"][0] for each in KNOWN], vectors)


def tiny_training(steps: int) -> dict[str, np.ndarray]:
    recipe = train.Recipe(steps=steps, batch=32, dimensions=16, hidden=16, negatives=8)
    return train.fit(train.Corpus(KNOWN, 2000), tiny_teacher(), recipe)


def test_training_is_repeatable_to_the_last_bit() -> None:
    first, second = tiny_training(20), tiny_training(20)
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_training_teaches_a_language_to_say_what_the_teacher_says(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    save_file(tiny_training(300), tmp_path / "m.safetensors")
    german = Student(tmp_path / "m.safetensors").encode([each.texts["de"][0] for each in KNOWN])
    nearest = (german @ tiny_teacher().vectors.T).argmax(axis=1)
    assert (nearest == np.arange(30)).mean() > 0.8


def test_what_is_held_out_depends_on_the_id_alone() -> None:
    shares = {
        kind: np.mean([Concept(f"{kind}:{n}", kind, {}).is_held_out for n in range(3000)])
        for kind in HELD_OUT
    }
    assert shares == pytest.approx(HELD_OUT, abs=0.02)
    assert not any(Concept(f"country:{n}", "name", {}).is_held_out for n in range(300))


def test_every_concept_has_its_english_side_and_no_empty_text() -> None:
    known = concepts(None)
    assert len({each.concept_id for each in known}) == len(known) > 1500
    for each in known:
        assert each.texts["en"], each.concept_id
        assert all(text.strip() for texts in each.texts.values() for text in texts), each.concept_id


def test_a_misspelt_text_is_nearly_the_text() -> None:
    random = np.random.default_rng(3)
    wrong = [train.misspell("apprenticeship", random) for _ in range(50)]
    assert all(abs(len(each) - len("apprenticeship")) <= 1 for each in wrong)
    assert len(set(wrong)) > 20
    assert train.misspell("abc", random) == "abc"


# ---- the model that ships ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model() -> Student:
    return Student()


def test_the_model_is_small_and_gives_vectors_of_length_one(model: Student) -> None:
    assert model.path.stat().st_size < 30e6
    vectors = model.encode(["Schweißer", "", "???", "α" * 5000, *["курс за заварчици"] * 70])
    assert vectors.shape == (74, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(74), abs=1e-5)
    assert model.encode([]).shape == (0, 384)


def test_a_text_has_the_same_vector_alone_and_among_others(model: Student) -> None:
    texts = ["kurs spawania", "", "welche Förderung gibt es?"] * 40
    together = model.encode(texts)
    assert np.allclose(together, np.concatenate([model.encode([text]) for text in texts]), atol=1e-6)


@pytest.mark.parametrize("language", [code for code in lexicon.languages() if code != "en"])
def test_unseen_phrases_find_their_english(model: Student, language: str) -> None:
    """Below the figures of MODEL_CARD.md, where chance is .01; the packaged encoder has .1 to .3."""
    known = concepts(None)
    english = load_encoder(load_settings()).encode([c.texts["en"][0] for c in known if c.kind == "phrase"])
    ranks = measure.reciprocal_ranks(known, "phrase", language, english, model.encode)
    assert len(ranks) > 40
    assert np.mean(ranks) > 0.45


@needs_esco
@pytest.mark.parametrize("language", ["de", "es", "nl", "pl", "fr", "bg"])
def test_unseen_job_titles_find_their_english(model: Student, language: str) -> None:
    known = concepts(ESCO)
    titles = [c.texts["en"][0] for c in known if c.kind == "occupation"]
    english = load_encoder(load_settings()).encode(titles)
    ranks = measure.reciprocal_ranks(known, "occupation", language, english, model.encode)
    assert len(ranks) > 150
    assert np.mean(ranks) > 0.4


def test_a_missing_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"the multilingual encoder is missing.*reinstall"):
        Student(tmp_path / "none.safetensors").encode(["x"])


def test_a_damaged_model_says_so(tmp_path: Path) -> None:
    (tmp_path / "m.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0nonsense of bytes")
    with pytest.raises(EncoderError, match=r"m\.safetensors is damaged.*reinstall"):
        Student(tmp_path / "m.safetensors").encode(["x"])


def test_without_the_model_the_packaged_encoder_works_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    full = load_encoder(load_settings(data_dir=tmp_path))
    monkeypatch.setattr(Student.__init__, "__defaults__", (tmp_path / "none.safetensors",))
    alone = load_encoder(load_settings(data_dir=tmp_path))
    assert "no multilingual encoder at" in caplog.text
    assert "+" not in alone.fingerprint
    assert space_of(full.fingerprint) == alone.fingerprint  # so the index of one is read by the other
    assert np.array_equal(alone.encode(["welder"]), full.encode(["welder"]))


def test_the_language_chooses_the_weights(model: Student) -> None:
    english = WordEncoder()
    english.dimensions = 384
    both = MultilingualEncoder(english, model)
    assert np.array_equal(both.encode(["welder"], language="en"), english.encode(["welder"]))
    assert np.array_equal(both.encode(["welder"], language="de"), model.encode(["welder"]))
    middle = both.encode(["welder"], language=None)[0]
    assert np.linalg.norm(middle) == pytest.approx(1.0)
    assert middle @ model.encode(["welder"])[0] == pytest.approx(
        middle @ english.encode(["welder"])[0], abs=1e-5
    )
    assert both.encodes_as("en") == english.fingerprint
    assert both.encodes_as("de") == both.encodes_as("pl") == model.fingerprint


# ---- linking ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def linker() -> Linker:
    return Linker(load_encoder(load_settings()))


@pytest.mark.parametrize(
    ("text", "language", "concept_id"),
    [
        ("spawacz", "pl", "trade.welder"),
        ("Schweißer", "de", "trade.welder"),
        ("welder", "en", "trade.welder"),
        ("spawanie konstrukcji stalowych", "pl", "skill.welding"),
    ],
)
def test_a_text_is_linked_to_what_it_means(linker: Linker, text: str, language: str, concept_id: str) -> None:
    links = linker.link(text, language)
    assert concept_id in [link.concept for link in links]
    assert [link.score for link in links] == sorted((link.score for link in links), reverse=True)


@pytest.mark.parametrize("text", ["", "  ", "xqzv", "42"])
def test_nonsense_is_linked_to_nothing(linker: Linker, text: str) -> None:
    assert linker.link(text, "pl") == []


def test_sentence_transformers_loads_and_saves_the_model(model: Student, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    loaded = SentenceTransformer(str(model.path.parent), trust_remote_code=True, local_files_only=True)
    texts = ["Schweißer", "kurs spawania"]
    assert np.allclose(loaded.encode(texts), model.encode(texts), atol=1e-6)
    assert loaded.get_embedding_dimension() == 384
    loaded.save(str(tmp_path))
    again = SentenceTransformer(str(tmp_path), trust_remote_code=True, local_files_only=True)
    assert np.allclose(again.encode(texts), model.encode(texts), atol=1e-6)
