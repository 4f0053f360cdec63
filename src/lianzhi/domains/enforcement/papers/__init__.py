"""Papers 文书 of a penalty case, from templates that a lawyer edits."""
