"""The laws of domains and detectors, over those that are shipped."""

from laws import *  # noqa: F403
