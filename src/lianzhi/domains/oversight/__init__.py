"""Oversight 督促指导: platforms instructed by a supervisor, re-checked by lot and by probe."""
