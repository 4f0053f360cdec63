"""What people do here, each act an entry of the record."""

from lianzhi.domains.dissemination.desk.desk import Desk

__all__ = ["Desk"]
