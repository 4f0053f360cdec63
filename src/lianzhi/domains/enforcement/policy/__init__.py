"""Policy of the domain: dated data that a lawyer or a dispatcher edits."""

from pathlib import Path

DISPATCH = Path(__file__).with_name("dispatch")
"""The shipped dispatch policy: categories, departments and time limits of a bureau."""
