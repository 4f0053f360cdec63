"""Rotas: who is on duty when, and the faults of a rota."""
