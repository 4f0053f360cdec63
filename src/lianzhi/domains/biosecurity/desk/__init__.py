"""What people do here, each act an entry of the record."""

from lianzhi.domains.biosecurity.desk.desk import Desk

__all__ = ["Desk"]
