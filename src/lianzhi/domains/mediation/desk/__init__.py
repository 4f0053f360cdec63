"""Desk: what people do in this domain."""

from lianzhi.domains.mediation.desk.desk import Desk as Desk
