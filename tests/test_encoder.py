"""The packaged encoder against sentence-transformers on the same weights."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import assistant.retrieval.minilm as minilm
from assistant.errors import EncoderError
from assistant.retrieval.encoder import load_encoder
from assistant.retrieval.minilm import MiniLMEncoder
from assistant.settings import Settings

TEXTS = [
    "Who pays for the training of a welder?",
    "The Pact for Skills was launched on 10 November 2020. " * 60,  # over 256 tokens
    "Zażółć gęślą jaźń w Gdańsku",
    "Ποιος πληρώνει την εκπαίδευση;",
    "",
    "EUR 60 000",
    "apprenticeship " * 40,
]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> MiniLMEncoder:
    return MiniLMEncoder.packaged(cache_dir=tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def model_dir(encoder) -> Path:
    return encoder._model_dir


@pytest.fixture(scope="module")
def reference(model_dir):
    from assistant.retrieval.st_encoder import SentenceTransformersEncoder

    return SentenceTransformersEncoder(str(model_dir))


def test_onnx_vectors_are_those_of_sentence_transformers(encoder, reference):
    cosines = (encoder.encode(TEXTS) * reference.encode(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.99999


def test_bfloat16_vectors_are_those_of_sentence_transformers(encoder, reference, monkeypatch):
    monkeypatch.setattr(minilm, "BULK", 1)
    monkeypatch.setattr(minilm, "computes_in_bfloat16", lambda: True)
    cosines = (encoder.encode(TEXTS) * reference.encode(TEXTS)).sum(axis=1)
    assert 0.999 < cosines.min() < 0.999999  # not the float32 path


def test_vectors_have_length_one_and_keep_the_order_of_the_texts(encoder):
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert encoder.encode([text])[0] == pytest.approx(vector, abs=1e-5)


def test_encoding_repeats_to_the_bit(encoder):
    assert np.array_equal(encoder.encode(TEXTS), encoder.encode(TEXTS))


def test_words_past_the_window_are_not_seen(encoder):
    window = "skill " * 254
    vectors = encoder.encode([window, window + "welding in Gdańsk", "skill " * 253])
    assert vectors[0] == pytest.approx(vectors[1], abs=1e-6)
    assert np.abs(vectors[0] - vectors[2]).max() > 1e-5


def test_no_texts_give_no_rows(encoder):
    assert encoder.encode([]).shape == (0, 384)


def test_offsets_are_the_spans_of_the_tokens_in_the_original_text(encoder):
    text = "Gdańsk: €60 upskilling"
    words = [text[start:end] for start, end in encoder.offsets(text)]
    assert words == ["Gdańsk", ":", "€", "60", "ups", "kill", "ing"]


def test_offsets_cover_the_whole_text_past_the_window(encoder):
    assert len(encoder.offsets("skill " * 300)) == 300
    assert encoder.offsets("") == []


def test_offsets_agree_with_sentence_transformers(encoder, reference):
    for text in TEXTS:
        assert encoder.offsets(text) == reference.offsets(text)


def test_a_lone_surrogate_is_encoded_as_a_question_mark(encoder):
    assert encoder.encode(["skills \ud800"])[0] == pytest.approx(encoder.encode(["skills ?"])[0], abs=1e-6)


def test_the_query_path_imports_neither_torch_nor_sentence_transformers(tmp_path):
    code = (
        "import sys; from pathlib import Path; from assistant.retrieval.minilm import MiniLMEncoder;"
        f"MiniLMEncoder.packaged(cache_dir=Path({str(tmp_path)!r})).encode(['a question']);"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_weights_that_are_not_the_official_ones_are_refused(model_dir, tmp_path):
    (tmp_path / "tokenizer.json").write_bytes((model_dir / "tokenizer.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(EncoderError, match="sha256"):
        MiniLMEncoder(tmp_path, cache_dir=tmp_path / "models").encode(["text"])
    assert not list(tmp_path.glob("models/*"))


def test_missing_weights_are_named(model_dir, tmp_path):
    (tmp_path / "tokenizer.json").write_bytes((model_dir / "tokenizer.json").read_bytes())
    with pytest.raises(EncoderError, match=r"cannot read .*model\.safetensors"):
        MiniLMEncoder(tmp_path, cache_dir=tmp_path / "models").encode(["text"])


def test_a_missing_package_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(minilm, "PACKAGE", "gt_no_such_package")
    with pytest.raises(EncoderError, match="pip install gt-no-such-package"):
        load_encoder(Settings(data_dir=tmp_path))


def test_a_damaged_graph_says_to_delete_it(encoder, model_dir, tmp_path):
    encoder.encode(["text"])
    (made,) = encoder._cache_dir.iterdir()
    (tmp_path / made.name).write_bytes(made.read_bytes()[:1000])
    with pytest.raises(EncoderError, match="delete it"):
        MiniLMEncoder(model_dir, cache_dir=tmp_path).encode(["text"])


def test_the_setting_chooses_the_encoder(tmp_path, model_dir):
    assert load_encoder(Settings(data_dir=tmp_path)).name.startswith("all-MiniLM-L6-v2, other languages by")
    other = load_encoder(Settings(data_dir=tmp_path, encoder=str(model_dir)))
    assert (other.dimensions, other.max_tokens, other.special_tokens) == (384, 256, 2)
    assert other.fingerprint.startswith("model-")
    assert other.fingerprint != load_encoder(Settings(data_dir=tmp_path)).fingerprint


def test_an_unknown_model_says_how_to_get_it(tmp_path):
    with pytest.raises(EncoderError, match="give the path of a model"):
        load_encoder(Settings(data_dir=tmp_path, encoder=str(tmp_path / "none"))).encode(["text"])
