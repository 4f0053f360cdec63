"""The set of titles and what the detector makes of it."""
