"""Train the model of speaking against prejudice: write `model/against.npz` and its card.

    python tools/train_against.py [DATA]

DATA as for `train_text.py` and `train_encoder.py`, whose models must have been written before. Of
train's comments that condemn prejudice, four in five are labelled offensive, so labels can't say
what such comments deserve; COLD's scheme can: they are no attack. So the model is fitted to second
readings (`readings/`), and what it is worth is weighed against labels that are corrected by them.
All is chosen by cross-validation over train with a topic held out, what is chosen is fitted on
train and dev, and test is for reporting only. Takes two minutes.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

import train_text as text
import train_text_readings as readings
from lianzhi.text.model import encoder
from lianzhi.text.model.against import Against
from train_encoder_report import read_all
from train_text_corpus import Corpus, read
from train_text_held import LINEAR, linear_held_out
from train_text_report import UNRELIEVED, ece, interval, logit, losses, macro_f1

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Inverse strengths of regularisation, and logits from which the model counts, that are tried.
COSTS, FROM = (0.25, 0.5, 1.0, 2.0), (-2.0, -1.0, 0.0)
#: Log-odds that it takes at most. A bound, and no fit: fair words are to hide no attack.
MOST = 2.0
#: So much log-loss is paid, at most, for flagging fewer.
WORTH = 0.002


@dataclass(frozen=True)
class Setting:
    """How the model is fitted, and counted: see `Against`."""

    cost: float
    above: float
    worth: float


def opinion(corpus: Corpus) -> Floats:
    """Whether a reading says that each text speaks against prejudice; NaN where there is none."""
    return np.where(corpus.read < 0, np.nan, corpus.read == readings.AGAINST)


def nested(columns: Floats, label: Ints, folds: text.Folds) -> Floats:
    """Log-loss of each comment where a topic is held out from calibration too."""
    out = np.zeros(label.size)
    for fitted, rest in folds:
        blend = text.calibrate(columns[fitted], label[fitted])
        out[rest] = losses(label[rest], text.blended(columns[rest], blend))
    return out


def choose(train: Corpus, probability: Floats) -> tuple[Setting, list[str]]:
    """The setting that flags fewest among those whose log-loss is near the best, asking or not.

    `probability` is that of offence with a topic held out; so is what the model says. Log-loss is
    with a topic held out from its worth too, shares are by the worth that ships.
    """
    folds, mine = text.topic_folds(train), train.read == readings.AGAINST
    label, before = np.where(mine, 0, train.label), logit(probability)
    matrix = text.features(train.texts, LINEAR.longest)
    lines = [
        "| C | from | worth | log-loss | change, 95 % | flagged of safe | of those against "
        "| of attacks | macro-F1 |",
        "|---" * 9 + "|",
    ]
    plain = nested(before[:, None], label, folds)

    def row(name: str, loss: Floats, flags: NDArray[np.bool_]) -> None:
        change = loss - plain
        lines.append(
            f"| {name} | {loss.mean():.4f} "
            f"| {change.mean():+.4f} ± {1.96 * change.std() / label.size**0.5:.4f} "
            f"| {flags[label == 0].mean():.3f} | {flags[mine].mean():.3f} "
            f"| {flags[label == 1].mean():.3f} | {macro_f1(label, flags):.4f} |"
        )

    row("not asked | | ", plain, probability > 0.5)
    tried: list[tuple[float, float, Setting]] = []
    for cost in COSTS:
        said = text.held_out(matrix, opinion(train), folds, cost)
        for above in FROM:
            columns = np.column_stack([before, np.maximum(said - above, 0)])
            _, factor, other = text.calibrate(columns, label)
            setting = Setting(cost, above, round(-other / factor, 2))
            fall = np.minimum(setting.worth * columns[:, 1], MOST)
            loss = nested(np.column_stack([before, fall]), label, folds)
            flags = before > fall
            row(f"{cost} | {above} | {setting.worth}", loss, flags)
            tried.append((float(flags.mean()), float(loss.mean()), setting))
    least = min(plain.mean(), *(loss for _, loss, _ in tried))
    near = (one for one in tried if one[1] <= least + WORTH)
    _, _, best = min(near, key=lambda one: one[0])
    note = f"Chosen: {best}, which flags fewest of what costs {WORTH} of log-loss at most."
    return best, [*lines, "", note]


def fit(corpus: Corpus, setting: Setting) -> Against:
    """Fit on all that may be trained on, and round to integers."""
    matrix = text.features(corpus.texts, LINEAR.longest)
    weights, bias = text.fit(matrix, opinion(corpus), setting.cost)
    unit = float(np.abs(weights).max() / 127)
    return Against(
        weights=np.round(weights / unit).astype(np.int8),
        longest=LINEAR.longest,
        unit=unit,
        bias=bias,
        above=setting.above,
        worth=setting.worth,
        most=MOST,
    )


def report(test: Corpus, model: Against) -> list[str]:
    """Figures of both tiers on test, with the model and without."""
    shipped, label, mine = encoder.load(), test.label, test.fine == readings.AGAINST
    lines = [
        "| | flagged from | macro-F1 | 95 % interval | flagged of safe | of those against "
        "| of attacks |",
        "|---" * 7 + "|",
    ]
    notes = []
    for tier, asked in {"linear tier": None, "both tiers": shipped}.items():
        for name, relief in {"not relieved": UNRELIEVED, "relieved": model}.items():
            probability = read_all(test, asked, relief)
            for flag in (0.5, shipped.flag):
                flags = probability > flag
                low, high = interval(label, flags)
                lines.append(
                    f"| {tier}, {name} | {flag} | {macro_f1(label, flags):.4f} "
                    f"| {low:.3f} to {high:.3f} | {flags[label == 0].mean():.3f} "
                    f"| {flags[mine].mean():.3f} | {flags[label == 1].mean():.3f} |"
                )
            attack = mine | (label == 1)
            notes.append(
                f"{tier}, {name}: AUC {roc_auc_score(label, probability):.4f}, "
                f"of attacks and comments against prejudice alone "
                f"{roc_auc_score(label[attack], probability[attack]):.4f}, "
                f"log-loss {losses(label, probability).mean():.4f}, "
                f"ECE {ece(label, probability):.4f}."
            )
    return [*lines, "", *(f"- {note[0].upper()}{note[1:]}" for note in notes)]


def main() -> int:
    parser = argparse.ArgumentParser(description="Train what relieves, and write its card.")
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=text.MODEL)
    options = parser.parse_args()
    paths = [options.data / "cold" / f"{part}.csv" for part in ("train", "dev", "test")]
    if missing := [str(path) for path in paths if not path.is_file()]:
        print(f"missing: {', '.join(missing)}; give the folder that holds them", file=sys.stderr)
        return 2
    train, dev, test = map(read, paths)
    probability = linear_held_out(train, {"topic": text.topic_folds(train)})["topic"]
    setting, table = choose(train, probability)
    model = fit(train.and_(dev), setting)
    lines = ["### On train, a topic held out, labels corrected by readings", "", *table, ""]
    lines += [f"### COLD test: {test.label.size} comments", "", *report(test, model)]
    print("\n".join(lines))
    np.savez(
        options.out / "against.npz",
        weights=model.weights,
        longest=np.int64(model.longest),
        **{
            name: np.float64(getattr(model, name))
            for name in ("unit", "bias", "above", "worth", "most")
        },
    )
    frame = Path(__file__).with_name("train_against_card.md").read_text("utf-8")
    card = frame.replace("{figures}", "\n".join(lines)).replace("{sklearn}", sklearn.__version__)
    (options.out / "AGAINST.md").write_text(card, "utf-8")
    path = options.out / "against.npz"
    print(f"wrote {path}, {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
