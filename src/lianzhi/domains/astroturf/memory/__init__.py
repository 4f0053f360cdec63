"""Returns: groups that were dissolved are remembered, and known again."""
