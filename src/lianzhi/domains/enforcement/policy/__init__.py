"""Policy of the domain: dated data that a lawyer or a dispatcher edits."""
