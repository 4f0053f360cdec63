"""Grid and dispatch: where a request lies, who takes it, by when, and how it went."""
