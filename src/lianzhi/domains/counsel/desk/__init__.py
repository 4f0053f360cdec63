"""Desk: what people do in this domain."""

from lianzhi.domains.counsel.desk.desk import Desk as Desk
