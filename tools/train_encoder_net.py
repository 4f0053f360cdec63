"""The encoder as a network to be fitted, in PyTorch on one core.

The base's matrices and embeddings stay as they are, so that their four bits lose nothing; what is
learnt is a narrow matrix product beside each (LoRA: Hu et al., ICLR 2022), offsets and norms.
Multiplying is done in bfloat16, five times as fast on such a core; what is learnt is kept in 32
bits.
"""

import math
import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as fn

from lianzhi.text.model.pieces import UNKNOWN

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Weights = dict[str, NDArray[np.float32]]
HEADS = 12
EPSILON = 1e-12
PAD, SIGNS = 1, UNKNOWN
#: Labels and second readings.
OPINIONS = 2


@dataclass(frozen=True)
class Recipe:
    """How to fit."""

    layers: int = 6
    """The first so many of the base's twelve."""
    narrow: int = 8
    """Width between the two matrices that are learnt beside each of the base's."""
    epochs: int = 2
    rate: float = 5e-4
    """Highest learning rate; rises for a tenth of the steps, then falls to nothing."""
    size: int = 32
    """Texts in a step."""
    smooth: float = 0.05
    """Share of the other label in each target: labels are noisy."""
    unknown: float = 0.0
    """Share of pieces made unknown while training, so that none is relied on."""
    dropout: float = 0.1
    shrink: float = 0.01
    """Weight decay."""
    longest: int = 92
    """Only so many pieces of a text are trained on."""


class _Beside(nn.Module):
    """A matrix of the base with what is learnt beside it."""

    weight: Tensor

    def __init__(
        self, weight: NDArray[np.float32], offset: NDArray[np.float32], narrow: int
    ) -> None:
        super().__init__()
        rows, columns = weight.shape
        self.register_buffer("weight", torch.tensor(weight))
        self.offset = nn.Parameter(torch.tensor(offset))
        self.down = nn.Parameter(torch.randn(narrow, columns) / columns**0.5)
        self.up = nn.Parameter(torch.zeros(rows, narrow))

    def forward(self, x: Tensor) -> Tensor:
        """Multiply by both."""
        return fn.linear(x, self.weight, self.offset) + fn.linear(fn.linear(x, self.down), self.up)


class _Norm(nn.Module):
    def __init__(self, base: Weights, name: str) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(base[f"{name}.w"]))
        self.offset = nn.Parameter(torch.tensor(base[f"{name}.b"]))

    def forward(self, x: Tensor) -> Tensor:
        """Bring each piece to mean 0 and spread 1, then to what is learnt."""
        return fn.layer_norm(x, self.weight.shape, self.weight, self.offset, EPSILON)


class _Layer(nn.Module):
    def __init__(self, base: Weights, n: int, narrow: int) -> None:
        super().__init__()

        def take(*names: str) -> _Beside:
            weight, offset = (
                np.concatenate([base[f"{n}.{name}.{part}"] for name in names]) for part in "wb"
            )
            return _Beside(weight, offset, narrow)

        self.qkv, self.ao, self.fi, self.fo = (
            take("q", "k", "v"),
            take("ao"),
            take("fi"),
            take("fo"),
        )
        self.aln, self.oln = _Norm(base, f"{n}.aln"), _Norm(base, f"{n}.oln")

    def forward(self, x: Tensor, mask: Tensor, drop: "_Dropout") -> Tensor:
        """Let pieces attend to one another, then think about each."""
        texts, count, size = x.shape
        wide = size // HEADS
        qkv = self.qkv(x).view(texts, count, 3, HEADS, wide)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).reshape(3, texts * HEADS, count, wide)
        seen = torch.baddbmm(mask, q * wide**-0.5, k.transpose(1, 2)).softmax(-1)
        heads = torch.bmm(seen, v).view(texts, HEADS, count, wide)
        x = self.aln(x + drop(self.ao(heads.transpose(1, 2).reshape(x.shape))))
        return self.oln(x + drop(self.fo(fn.gelu(self.fi(x)))))


class _Dropout:
    """Dropout by NumPy's bytes, far cheaper than by PyTorch's floats."""

    def __init__(self, share: float, seed: int) -> None:
        self.below = round(share * 256)
        self.draw = np.random.default_rng(seed)
        self.on = True

    def __call__(self, x: Tensor) -> Tensor:
        if not self.on or not self.below:
            return x
        drawn = torch.from_numpy(np.frombuffer(bytearray(self.draw.bytes(x.numel())), np.uint8))
        return x * (drawn >= self.below).view(x.shape) * (256 / (256 - self.below))


class Network(nn.Module):
    """Embeddings, layers, the mean over a text's pieces, a logit for each opinion."""

    word: Tensor
    place: Tensor

    def __init__(self, base: Weights, recipe: Recipe, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.register_buffer("word", torch.tensor(base["word"]))
        self.register_buffer("place", torch.tensor(base["place"]))
        self.eln = _Norm(base, "eln")
        self.layers = nn.ModuleList(_Layer(base, n, recipe.narrow) for n in range(recipe.layers))
        self.head = nn.Linear(self.word.shape[1], OPINIONS)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self.drop = _Dropout(recipe.dropout, seed)

    def forward(self, ids: Tensor) -> Tensor:
        """Logits of each text: shape [texts, opinions]."""
        x = self.drop(self.eln(self.word[ids] + self.place[: ids.shape[1]]))
        real = ids != PAD
        mask = torch.zeros(real.shape, dtype=x.dtype).masked_fill(~real, -1e9)
        mask = mask[:, None, None].expand(-1, HEADS, 1, -1).reshape(-1, 1, ids.shape[1])
        for layer in self.layers:
            x = layer(x, mask, self.drop)
        weight = real[..., None].to(x.dtype)
        mean = (x * weight).sum(1) / weight.sum(1)
        logits: Tensor = self.head(self.drop(mean)).float()
        return logits

    def learnt(self) -> Weights:
        """What is learnt, by name."""
        return {name: p.detach().numpy().copy() for name, p in self.named_parameters()}

    def take(self, learnt: Weights) -> None:
        """Take on what was learnt."""
        for name, parameter in self.named_parameters():
            parameter.data = torch.tensor(learnt[name])


def padded(cut: list[list[int]], longest: int) -> Tensor:
    """Texts as rows of equal length; a text that is too long loses its end, not the sign of it."""
    rows = [row if len(row) <= longest else [*row[: longest - 1], row[-1]] for row in cut]
    out = torch.full((len(rows), max(map(len, rows))), PAD)
    for place, row in zip(out, rows, strict=True):
        place[: len(row)] = torch.tensor(row)
    return out


def steps(cut: list[list[int]], rows: Ints, size: int, draw: np.random.Generator) -> list[Ints]:
    """Rows in random batches of about equal length."""
    rows = draw.permutation(rows)
    out: list[Ints] = []
    for begin in range(0, rows.size, size * 50):
        part = rows[begin : begin + size * 50]
        part = part[np.argsort([len(cut[i]) for i in part], kind="stable")]
        out += [part[i : i + size] for i in range(0, part.size, size)]
    return [out[i] for i in draw.permutation(len(out))]


class _Twin:
    """Weights in 32 bits that are learnt, and their twins in 16 that are worked with."""

    def __init__(self, kept: nn.Module, quick: nn.Module, groups: list[dict[str, object]]) -> None:
        self.kept, self.quick, self.groups = kept, quick.to(torch.bfloat16), groups
        self.pairs = list(zip(kept.parameters(), self.quick.parameters(), strict=True))
        self.way = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6, fused=True)

    def renew(self) -> None:
        """Hand the weights to their twins."""
        with torch.no_grad():
            for weights, twin in self.pairs:
                twin.copy_(weights)

    def move(self, loss: Tensor, share: float) -> None:
        """Learn from a loss at a share of the highest rate."""
        self.quick.zero_grad()
        loss.backward()
        for weights, twin in self.pairs:
            weights.grad = twin.grad.float() if twin.grad is not None else None
        nn.utils.clip_grad_norm_(self.kept.parameters(), 1.0)
        for group in self.groups:
            group["lr"] = float(group["rate"]) * share
        self.way.step()


def _groups(network: Network, recipe: Recipe) -> list[dict[str, object]]:
    """How fast each parameter is learnt, and how much it shrinks."""
    return [
        {
            "params": [weights],
            "lr": 0.0,
            "rate": recipe.rate,
            "weight_decay": recipe.shrink if weights.dim() > 1 else 0.0,
        }
        for weights in network.parameters()
    ]


def _pace(done: int, total: int) -> float:
    """Share of the highest rate: rises for a tenth of the steps, then falls to nothing."""
    return min(done / (0.1 * total), (total - done) / (0.9 * total))


def fit(
    base: Weights, cut: list[list[int]], target: Floats, rows: Ints, recipe: Recipe, seed: int
) -> Weights:
    """Fit to some rows of the cut texts; the same input gives the same output.

    `target` has the opinions on each text, NaN where there is none: shape [texts, OPINIONS].
    """
    torch.set_num_threads(1)
    draw = np.random.default_rng(seed)
    kept, quick = Network(base, recipe, seed), Network(base, recipe, seed)
    twin = _Twin(kept, quick, _groups(kept, recipe))
    wanted = torch.tensor(target * (1 - 2 * recipe.smooth) + recipe.smooth).float()
    total, done, begun = recipe.epochs * math.ceil(rows.size / recipe.size), 0, time.monotonic()
    for epoch in range(recipe.epochs):
        losses = []
        for some in steps(cut, rows, recipe.size, draw):
            twin.renew()
            ids = padded([cut[i] for i in some], recipe.longest)
            gone = torch.from_numpy(draw.random(ids.shape) < recipe.unknown) & (ids > SIGNS)
            said = quick(ids.masked_fill(gone, UNKNOWN))
            given = ~wanted[some].isnan()
            loss = fn.binary_cross_entropy_with_logits(said[given], wanted[some][given])
            twin.move(loss, _pace(done, total))
            losses.append(loss.item())
            done += 1
            if not done % 100:
                print(f"    {done}/{total}: {np.mean(losses[-100:]):.3f}", flush=True)
        took = time.monotonic() - begun
        print(f"  epoch {epoch + 1}: loss {np.mean(losses):.4f}, {took:.0f} s", flush=True)
    return kept.learnt()


def mean(several: list[Weights]) -> Weights:
    """Return the mean of networks that began alike (Wortsman et al., ICML 2022)."""
    return {name: np.mean([one[name] for one in several], axis=0) for name in several[0]}


def scaled(fitted: Weights, offset: float, factor: float) -> Weights:
    """The same network with another scale of logits: offset + factor times their sum."""
    weight, bias = (fitted[f"head.{part}"] * np.float32(factor) for part in ("weight", "bias"))
    return fitted | {"head.weight": weight, "head.bias": bias + np.float32(offset / OPINIONS)}


def predict(
    base: Weights, fitted: Weights, recipe: Recipe, cut: list[list[int]], longest: int
) -> Floats:
    """Logits of cut texts by a fitted network, those of all opinions added up."""
    network = Network(base, recipe, 0)
    network.take(fitted)
    network.drop.on = False
    out = np.zeros(len(cut))
    order = np.argsort([len(row) for row in cut], kind="stable")
    with torch.inference_mode():
        for begin in range(0, order.size, 64):
            some = order[begin : begin + 64]
            out[some] = network(padded([cut[i] for i in some], longest)).sum(1).numpy()
    return out
