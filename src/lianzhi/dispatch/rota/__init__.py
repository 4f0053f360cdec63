"""Who is on duty when, and what is wrong with a rota."""
