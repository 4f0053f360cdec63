"""The detectors of the domain, which a node runs side by side."""

from typing import Any

from lianzhi.chain.detector import Detector
from lianzhi.chain.policy import Dated
from lianzhi.domains.astroturf import policy as policies
from lianzhi.domains.astroturf.adverts.detector import AdvertDetector
from lianzhi.domains.astroturf.detection.detect import CoordinationDetector
from lianzhi.domains.astroturf.families.detector import ReviewDetector
from lianzhi.domains.astroturf.policy import Policy
from lianzhi.domains.astroturf.ratings.detector import RatingDetector
from lianzhi.domains.monitor import Monitor, Site


def monitor(site: Site) -> Monitor:
    """All detectors of the domain under the policy of a node. Raises PolicyError."""
    return Monitor(detectors(policies.load(site.policy)))


def detectors(policy: Dated[Policy]) -> list[Detector[Any]]:
    """Every detector of the domain in its initial state."""
    return [
        CoordinationDetector(policy),
        RatingDetector(policy),
        ReviewDetector(policy),
        AdvertDetector(policy),
    ]
