"""The encoder: a small transformer that reads a text as a whole, where lighter models are unsure.

It is pre-trained, so it reads what comments quote or condemn better than n-grams do, at a thousand
times the cost. It is asked only where the caller wants that, and only about texts whose probability
lies in an uncertain band; its logit is blended with that probability and calibrated. It needs
onnxruntime, which `lianzhi[encoder]` installs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import SEPARATOR, Batch
from lianzhi.text.model.pieces import Pieces

Floats = NDArray[np.float64]

#: The most characters of a text that is cut into pieces.
_POINTS = 1024


class Session(Protocol):
    """The part of onnxruntime's session that is used here."""

    def run(
        self, outputs: None, inputs: dict[str, NDArray[np.int64]], /
    ) -> list[NDArray[np.float32]]:
        """Run the network once."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """A fitted encoder and its calibration."""

    pieces: Pieces
    session: Session
    longest: int
    """The most pieces of a text; it was fitted to none longer."""
    band: tuple[float, float]
    """The lowest and highest probability at which it is asked."""
    blend: tuple[float, float, float]
    """Calibration: offset, and the factors of the logit so far and of the encoder's."""
    flag: float
    """The best threshold of offence: see the model card."""

    def logit(self, texts: Sequence[str]) -> Floats:
        """Score folded texts; not a number where one is too long.

        One at a time, so that a text scores the same alone and beside others.
        """
        return np.array([self._logit(text) for text in texts], np.float64)

    def _logit(self, text: str) -> float:
        if len(text) > _POINTS:
            return np.nan
        cut = self.pieces.cut(text)
        if len(cut) > self.longest:
            return np.nan
        return float(self.session.run(None, {"ids": np.array(cut, np.int64)})[0][0])

    def revise(self, batch: Batch, probability: Floats) -> Floats:
        """Return the probabilities, those in the band blended with what the encoder says."""
        low, high = self.band
        uncertain = ((probability >= low) & (probability <= high)).nonzero()[0]
        if not uncertain.size:
            return probability
        logit = self.logit(batch.select(uncertain).text().split(chr(SEPARATOR))[1:-1])
        uncertain, logit = uncertain[~np.isnan(logit)], logit[~np.isnan(logit)]
        out = probability.copy()
        out[uncertain] = self.blended(probability[uncertain], logit)
        return out

    def blended(self, probability: Floats, logit: Floats) -> Floats:
        """Return the probability from both the probability so far and the encoder's logit."""
        offset, by_before, by_logit = self.blend
        before = np.log(probability / (1 - probability))
        out: Floats = 1 / (1 + np.exp(-(offset + by_before * before + by_logit * logit)))
        return out


@cache
def load() -> Encoder:
    """Load the shipped encoder."""
    return read(files(__package__))


def read(model: Traversable) -> Encoder:
    """Read an encoder from its folder; it runs on one core. Raises ModuleNotFoundError."""
    try:
        import onnxruntime  # noqa: PLC0415 - an extra: only who asks for the encoder needs it
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            "the encoder needs onnxruntime, which is not installed; "
            "run: pip install 'lianzhi[encoder]'",
            name=missing.name,
        ) from missing
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors alone: it remarks on the machine otherwise
    network = (model / "encoder.onnx").read_bytes()
    session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    with (model / "encoder.npz").open("rb") as file, np.load(file) as data:
        offset, by_before, by_logit = data["blend"].tolist()
        return Encoder(
            pieces=Pieces.of(str(data["pieces"]).split("\n"), data["score"].tolist()),
            session=session,
            longest=int(data["longest"]),
            band=(float(data["band"][0]), float(data["band"][1])),
            blend=(offset, by_before, by_logit),
            flag=float(data["flag"]),
        )
