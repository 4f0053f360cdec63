"""Adverts for water armies: offers to hire, sell, smear and delete, told from talk about them."""

from lianzhi.domains.astroturf.adverts.detect import KINDS, Offer, Span, offers
from lianzhi.domains.astroturf.adverts.roles import load as policy

__all__ = ["KINDS", "Offer", "Span", "offers", "policy"]
