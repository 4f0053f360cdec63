"""HTTP API and console, one application."""
