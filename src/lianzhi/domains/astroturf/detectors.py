"""The detectors of the domain, which a node runs side by side."""

from typing import Any

from lianzhi.chain.detector import Detector
from lianzhi.chain.policy import Dated
from lianzhi.domains.astroturf.adverts.detector import AdvertDetector
from lianzhi.domains.astroturf.detect import CoordinationDetector
from lianzhi.domains.astroturf.families.detector import ReviewDetector
from lianzhi.domains.astroturf.policy import Policy
from lianzhi.domains.astroturf.ratings.detector import RatingDetector


def detectors(policy: Dated[Policy]) -> list[Detector[Any]]:
    """All of them, with nothing seen yet."""
    return [
        CoordinationDetector(policy),
        RatingDetector(policy),
        ReviewDetector(policy),
        AdvertDetector(policy),
    ]
