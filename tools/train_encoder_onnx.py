"""Write a fitted encoder as one ONNX file: matrices in four bits, whole numbers of eight inside.

Weights stand in blocks of 32 along the input, each a 16-bit scale times -8..7, as in GGML's Q4_0.
The graph reads one text, without padding, so that what else is scored beside it changes nothing.
"""

from dataclasses import dataclass, field

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Floats = NDArray[np.float32]
Weights = dict[str, Floats]
BLOCK, HEADS = 32, 12
KINDS = ("weight", "offset")
EPSILON = 1e-12


def four_bits(weights: Floats) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Round blocks of a matrix [rows, columns] to -8..7 times a scale; the farthest is -8."""
    blocks = weights.reshape(weights.shape[0], -1, BLOCK)
    far = np.take_along_axis(blocks, np.abs(blocks).argmax(-1)[..., None], -1)
    scale = (far / -8).astype(np.float16)
    by = np.where(scale == 0, 1, scale).astype(np.float32)
    return np.clip(np.round(blocks / by), -8, 7).astype(np.int8), scale[..., 0]


def _pairs(whole: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Two neighbours in a byte, the first in its lower half; 8 stands for nought."""
    lifted = (whole + 8).astype(np.uint8)
    out: NDArray[np.uint8] = lifted[..., ::2] | lifted[..., 1::2] << 4
    return out


@dataclass
class _Graph:
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def hold(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def do(self, op: str, *inputs: str, domain: str = "", **attributes: object) -> str:
        name = f"{op.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], domain=domain, **attributes))
        return name

    def small(self, name: str, value: NDArray[np.generic]) -> str:
        """Hold numbers in 16 bits that are worked with in 32."""
        return self.do("Cast", self.hold(name, value.astype(np.float16)), to=TensorProto.FLOAT)

    def times(self, x: str, name: str, weights: Floats, learnt: Weights) -> str:
        """Multiply by a matrix in four bits and by what was learnt beside it."""
        whole, scales = four_bits(weights)
        wide = self.do(
            "MatMulNBits",
            x,
            self.hold(f"{name}.w", _pairs(whole)),
            self.small(f"{name}.s", scales),
            "",
            "",
            self.small(f"{name}.b", learnt[f"{name}.offset"]),
            domain="com.microsoft",
            K=weights.shape[1],
            N=weights.shape[0],
            bits=4,
            block_size=BLOCK,
            accuracy_level=4,
        )
        narrow = self.do("MatMul", x, self.small(f"{name}.down", learnt[f"{name}.down"].T))
        beside = self.do("MatMul", narrow, self.small(f"{name}.up", learnt[f"{name}.up"].T))
        return self.do("Add", wide, beside)

    def norm(self, x: str, name: str, learnt: Weights) -> str:
        scale, offset = (self.small(f"{name}.{k}", learnt[f"{name}.{k}"]) for k in KINDS)
        return self.do("LayerNormalization", x, scale, offset, axis=-1, epsilon=EPSILON)


def graph(base: Weights, learnt: Weights, layers: int, longest: int) -> onnx.ModelProto:
    """Graph from `ids` [pieces] to `logit` [1]."""
    g = _Graph()
    size = base["word"].shape[1]
    head = np.array([0, HEADS, size // HEADS], np.int64)
    whole, scales = four_bits(base["word"])
    data = helper.make_tensor(
        "word.w", TensorProto.UINT4, base["word"].shape, _pairs(whole).tobytes(), raw=True
    )
    g.constants.append(data)
    zero = helper.make_tensor(
        "word.z", TensorProto.UINT4, scales.shape, b"\x88" * ((scales.size + 1) // 2), raw=True
    )
    g.constants.append(zero)
    x = g.do(
        "GatherBlockQuantized",
        "word.w",
        "ids",
        g.small("word.s", scales),
        "word.z",
        domain="com.microsoft",
        gather_axis=0,
        quantize_axis=1,
        block_size=BLOCK,
    )
    count = g.do("Shape", "ids")
    zero_, one = g.hold("zero", np.array([0])), g.hold("one", np.array([1]))
    place = g.do("Slice", g.small("place", base["place"][:longest]), zero_, count, zero_)
    x = g.norm(g.do("Add", x, place), "eln", learnt)
    smaller = g.hold("smaller", np.float32((size / HEADS) ** -0.5))
    split, join = g.hold("split", head), g.hold("join", np.array([0, size]))
    for n in range(layers):
        at = f"layers.{n}"
        matrix = np.concatenate([base[f"{n}.{k}.w"] for k in "qkv"])
        qkv = g.times(x, f"{at}.qkv", matrix, learnt)
        thirds = [f"{at}.{k}" for k in "qkv"]
        g.nodes.append(helper.make_node("Split", [qkv], thirds, axis=-1, num_outputs=3))
        turns = ((1, 0, 2), (1, 2, 0), (1, 0, 2))
        q, k, v = (
            g.do("Transpose", g.do("Reshape", part, split), perm=turn)
            for part, turn in zip(thirds, turns, strict=True)
        )
        near = g.do("Mul", g.do("MatMul", q, k), smaller)
        seen = g.do("MatMul", g.do("Softmax", near, axis=-1), v)
        seen = g.do("Reshape", g.do("Transpose", seen, perm=(1, 0, 2)), join)
        x = g.do("Add", x, g.times(seen, f"{at}.ao", base[f"{n}.ao.w"], learnt))
        x = g.norm(x, f"{at}.aln", learnt)
        wide = g.do("Gelu", g.times(x, f"{at}.fi", base[f"{n}.fi.w"], learnt))
        x = g.do("Add", x, g.times(wide, f"{at}.fo", base[f"{n}.fo.w"], learnt))
        x = g.norm(x, f"{at}.oln", learnt)
    mean = g.do("ReduceMean", x, zero_, keepdims=0)
    head_w = g.hold("head.w", learnt["head.weight"].sum(0))
    out = g.do("Add", g.do("MatMul", mean, head_w), g.hold("head.b", learnt["head.bias"].sum()))
    g.nodes.append(helper.make_node("Reshape", [out, one], ["logit"]))
    made = helper.make_graph(
        g.nodes,
        "encoder",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["tokens"])],
        [helper.make_tensor_value_info("logit", TensorProto.FLOAT, [1])],
        g.constants,
    )
    sets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(made, opset_imports=sets, ir_version=10)
