"""Mediation 调解: disputes seen early, routes to settle them, and mediation itself."""
