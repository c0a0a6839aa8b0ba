"""all-MiniLM-L6-v2 as an ONNX graph, written node by node from its weights.

Written rather than exported: it needs no torch, takes under a second, and uses ONNX Runtime's fused operators
for attention and feed-forward, which an exported graph spells out in hundreds of slower ones.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load

LAYERS = 6
HEADS = 12
EPSILON = 1e-12
FUSED = "com.microsoft"

Array = NDArray[Any]


def build_model(safetensors: bytes) -> bytes:
    """The model from BERT weights: ids and mask (batch, length) int64 to vectors (batch, 384) of length 1."""
    graph = _Graph()
    weights = load(safetensors)
    hidden = _embed(graph, weights)
    for layer in range(LAYERS):
        hidden = _layer(graph, weights, f"encoder.layer.{layer}.", hidden)
    _pool(graph, hidden)
    return graph.serialize()


class _Graph:
    """Collects nodes and weights; every value is named by its number."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def weight(self, array: Array) -> str:
        name = f"w{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, operator: str, *inputs: str, domain: str = "", output: str = "", **attributes: Any) -> str:
        output = output or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def linear(self, hidden: str, weights: Mapping[str, Array], name: str) -> str:
        """The product alone; the caller's next operator adds the bias."""
        return self.node("MatMul", hidden, self.weight(weights[f"{name}.weight"].T))

    def serialize(self) -> bytes:
        graph = helper.make_graph(
            self.nodes,
            "all-MiniLM-L6-v2",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
                for name in ("input_ids", "attention_mask")
            ],
            [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", 384])],
            self.initializers,
        )
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
        model: onnx.ModelProto = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        return bytes(model.SerializeToString())


def _embed(graph: _Graph, weights: Mapping[str, Array]) -> str:
    words = graph.node("Gather", graph.weight(weights["embeddings.word_embeddings.weight"]), "input_ids")
    # every token is of type 0, so that its vector is part of the position's
    places = (
        weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    length = graph.node(
        "Slice", graph.node("Shape", "input_ids"), *(graph.weight(np.array([n])) for n in (1, 2))
    )
    positions = graph.node("Slice", graph.weight(places), graph.weight(np.array([0])), length)
    return graph.node(
        "LayerNormalization",
        graph.node("Add", words, positions),
        graph.weight(weights["embeddings.LayerNorm.weight"]),
        graph.weight(weights["embeddings.LayerNorm.bias"]),
        axis=-1,
        epsilon=EPSILON,
    )


def _layer(graph: _Graph, weights: Mapping[str, Array], layer: str, hidden: str) -> str:
    parts = [f"{layer}attention.self.{part}" for part in ("query", "key", "value")]
    attended = graph.node(
        "Attention",
        hidden,
        graph.weight(np.concatenate([weights[f"{part}.weight"].T for part in parts], axis=1)),
        graph.weight(np.concatenate([weights[f"{part}.bias"] for part in parts])),
        graph.node("Cast", "attention_mask", to=TensorProto.INT32),
        domain=FUSED,
        num_heads=HEADS,
    )
    hidden = _add_and_normalise(graph, weights, f"{layer}attention.output.", attended, hidden)
    wide = graph.node(
        "BiasGelu",
        graph.linear(hidden, weights, f"{layer}intermediate.dense"),
        graph.weight(weights[f"{layer}intermediate.dense.bias"]),
        domain=FUSED,
    )
    return _add_and_normalise(graph, weights, f"{layer}output.", wide, hidden)


def _add_and_normalise(graph: _Graph, weights: Mapping[str, Array], name: str, hidden: str, skip: str) -> str:
    return graph.node(
        "SkipLayerNormalization",
        graph.linear(hidden, weights, f"{name}dense"),
        skip,
        graph.weight(weights[f"{name}LayerNorm.weight"]),
        graph.weight(weights[f"{name}LayerNorm.bias"]),
        graph.weight(weights[f"{name}dense.bias"]),
        domain=FUSED,
        epsilon=EPSILON,
    )


def _pool(graph: _Graph, hidden: str) -> None:
    """The sum over real tokens, scaled to length 1: the same direction as their mean."""
    mask = graph.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    mask = graph.node("Unsqueeze", mask, graph.weight(np.array([2])))
    total = graph.node("ReduceSum", graph.node("Mul", hidden, mask), graph.weight(np.array([1])), keepdims=0)
    graph.node("LpNormalization", total, output="vectors", axis=1, p=2)
