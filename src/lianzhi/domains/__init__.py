"""One folder per kind of harm; a domain is only what is special about it."""
