"""Desk: what people do here, each act one entry of the record, held against the gates first."""

from lianzhi.domains.enforcement.desk.desk import Desk

__all__ = ["Desk"]
