"""What people do in this domain."""

from lianzhi.domains.oversight.desk.desk import Desk

__all__ = ["Desk"]
