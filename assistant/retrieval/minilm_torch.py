"""all-MiniLM-L6-v2 in torch and bfloat16, for many texts on a CPU that computes in it.

The model is spelt out here, since importing transformers for it takes longer than encoding a small corpus.
The texts of a batch lie one after the other without padding; only attention looks at each alone.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from safetensors.torch import load
from torch import Tensor

LAYERS = 6
HEADS = 12
EPSILON = 1e-12


def load_bfloat16(safetensors: bytes) -> Callable[[Sequence[list[int]]], NDArray[np.float32]]:
    """The model from BERT weights: token ids of each text to float32 vectors (texts, 384) of length 1."""
    weights = {name: value.to(torch.bfloat16) for name, value in load(safetensors).items()}

    def encode(texts: Sequence[list[int]]) -> NDArray[np.float32]:
        torch.set_num_threads(1)  # for the calling thread: the caller shares out batches
        with torch.inference_mode():
            vectors: NDArray[Any] = _forward(weights, texts).numpy()
        return vectors

    return encode


def _forward(weights: dict[str, Tensor], texts: Sequence[list[int]]) -> Tensor:
    def linear(hidden: Tensor, name: str) -> Tensor:
        return functional.linear(hidden, weights[f"{name}.weight"], weights[f"{name}.bias"])

    def normalise(hidden: Tensor, name: str) -> Tensor:
        scale, shift = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return functional.layer_norm(hidden, hidden.shape[-1:], scale, shift, EPSILON)

    lengths = [len(text) for text in texts]
    ids = torch.tensor([token for text in texts for token in text])
    positions = torch.cat([torch.arange(length) for length in lengths])
    hidden = weights["embeddings.word_embeddings.weight"][ids]
    hidden = hidden + weights["embeddings.position_embeddings.weight"][positions]
    hidden = normalise(hidden + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}."
        projected = (linear(hidden, f"{layer}attention.self.{part}") for part in ("query", "key", "value"))
        each_text = zip(*(torch.split(part, lengths) for part in projected), strict=True)
        attended = torch.cat([_attend(query, key, value) for query, key, value in each_text])
        attended = linear(attended, f"{layer}attention.output.dense")
        hidden = normalise(hidden + attended, f"{layer}attention.output.LayerNorm")
        wide = functional.gelu(linear(hidden, f"{layer}intermediate.dense"))
        hidden = normalise(hidden + linear(wide, f"{layer}output.dense"), f"{layer}output.LayerNorm")
    sums = torch.stack([text.float().sum(0) for text in torch.split(hidden, lengths)])
    return functional.normalize(sums, dim=1)


def _attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Attention within one text, (length, 384) each; two products beat torch's fused kernel here by 14 %."""
    query, key, value = (part.view(len(part), HEADS, -1).transpose(0, 1) for part in (query, key, value))
    scores = torch.bmm(query, key.transpose(1, 2)) * query.shape[-1] ** -0.5
    return torch.bmm(scores.softmax(-1), value).transpose(0, 1).flatten(1)
