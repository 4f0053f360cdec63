"""Adverts for paid posters: offers to hire, sell, smear and delete, as opposed to talk about
them.
"""

from lianzhi.domains.astroturf.adverts.detect import KINDS, Offer, Span, offers
from lianzhi.domains.astroturf.adverts.roles import load as policy

__all__ = ["KINDS", "Offer", "Span", "offers", "policy"]
