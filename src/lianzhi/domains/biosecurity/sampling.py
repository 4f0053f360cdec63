"""How much to inspect, and how many of what was inspected were infested: answers in words."""

from collections.abc import Sequence
from typing import Any

from babel.support import Translations

from lianzhi.domains.biosecurity.figure_tables import Lot
from lianzhi.kit.figure_sentences import per_cent
from lianzhi.stats.beta_binomial import BetaBinomial, fit_beta_binomial
from lianzhi.stats.intervals import Interval
from lianzhi.stats.sample_size import binomial_size, cluster_size, hypergeometric_size


def sizes(
    share: float,
    confidence: float,
    sensitivity: float,
    lot: int | None,
    per_box: int | None,
    correlation: float | None,
) -> dict[str, int | None]:
    """Sample sizes by model: `binomial`; `hypergeometric` with a `lot`; `clustered` with boxes.

    Units, but of `clustered` boxes. None: even the whole lot is not enough. Raises ValueError.
    """
    by_model: dict[str, int | None] = {"binomial": binomial_size(share, confidence, sensitivity)}
    if lot is not None:
        by_model["hypergeometric"] = hypergeometric_size(lot, share, confidence, sensitivity)
    if per_box is not None:
        by_model["clustered"] = cluster_size(
            per_box, share, correlation or 0.0, confidence, sensitivity
        )
    return by_model


def size_sentences(
    by_model: dict[str, int | None], given: dict[str, Any], catalogue: Translations
) -> list[str]:
    """A sentence for each sample size; `given` are the arguments of `sizes`."""
    figures = {
        "share": per_cent(given["share"]),
        "confidence": per_cent(given["confidence"]),
        "lot": f"{given['lot'] or 0:,}",
        "per_box": f"{given['per_box'] or 0:,}",
        "correlation": f"{given['correlation'] or 0:.3g}",
    }
    texts = []
    for model, size in by_model.items():
        key = f"biosecurity_size.{model}" if size else "biosecurity_size.not_enough"
        units = (size or 0) * (given["per_box"] or 1)
        named = {**figures, "n": f"{size or 0:,}", "units": f"{units:,}"}
        texts.append(catalogue.gettext(key) % named)
    return texts


def infestation(lots: Sequence[Lot], level: float = 0.95) -> BetaBinomial:
    """Infested share of inspected lots, with its interval and overdispersion. Raises ValueError."""
    return fit_beta_binomial([lot.infested for lot in lots], [lot.inspected for lot in lots], level)


def infestation_sentences(
    fit: BetaBinomial, level: float, catalogue: Translations
) -> tuple[str, str]:
    """The share with its interval beside the binomial one, and how far infested units cluster."""

    def between(limits: Interval) -> dict[str, str]:
        return {"lo": per_cent(limits.lo), "hi": per_cent(limits.hi)}

    share = {"mean": per_cent(fit.mean), "level": per_cent(level), **between(fit.mean_limits)}
    share |= {f"binomial_{end}": text for end, text in between(fit.binomial_limits).items()}
    spread = {
        "correlation": f"{fit.correlation:.3g}",
        "lo": f"{fit.correlation_limits.lo:.3g}",
        "hi": f"{fit.correlation_limits.hi:.3g}",
        "p": f"{fit.p:.2g}",
        "level": per_cent(level),
    }
    # The lower limit is above 0 only where the binomial model is left out.
    key = "clustered" if fit.correlation_limits.lo > 0 else "not_clustered"
    return (
        catalogue.gettext("biosecurity_infestation.share") % share,
        catalogue.gettext(f"biosecurity_infestation.{key}") % spread,
    )
