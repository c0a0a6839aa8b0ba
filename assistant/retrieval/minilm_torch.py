"""all-MiniLM-L6-v2 in torch and bfloat16, for many texts on a CPU that computes in it.

The model is spelt out here, since importing transformers for it takes longer than encoding a small corpus.
"""

from collections.abc import Callable
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


def load_bfloat16(
    safetensors: bytes,
) -> Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float32]]:
    """The model from BERT weights: ids, mask (batch, length) to float32 vectors (batch, 384) of length 1."""
    weights = {name: value.to(torch.bfloat16) for name, value in load(safetensors).items()}

    def encode(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.inference_mode():
            vectors: NDArray[Any] = _forward(weights, torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
        return vectors

    return encode


def _forward(weights: dict[str, Tensor], ids: Tensor, mask: Tensor) -> Tensor:
    def linear(hidden: Tensor, name: str) -> Tensor:
        return functional.linear(hidden, weights[f"{name}.weight"], weights[f"{name}.bias"])

    def normalise(hidden: Tensor, name: str) -> Tensor:
        scale, shift = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return functional.layer_norm(hidden, hidden.shape[-1:], scale, shift, EPSILON)

    rows, length = ids.shape
    hidden = functional.embedding(ids, weights["embeddings.word_embeddings.weight"])
    hidden = hidden + weights["embeddings.position_embeddings.weight"][:length]
    hidden = normalise(hidden + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    seen = mask[:, None, None, :].bool()
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}."
        query, key, value = (
            linear(hidden, f"{layer}attention.self.{part}").view(rows, length, HEADS, -1).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        attended = linear(attended.transpose(1, 2).flatten(2), f"{layer}attention.output.dense")
        hidden = normalise(hidden + attended, f"{layer}attention.output.LayerNorm")
        wide = functional.gelu(linear(hidden, f"{layer}intermediate.dense"))
        hidden = normalise(hidden + linear(wide, f"{layer}output.dense"), f"{layer}output.LayerNorm")
    return functional.normalize((hidden.float() * mask[:, :, None]).sum(1), dim=1)
