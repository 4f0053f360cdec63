"""Append-only log, Merkle proofs, signed checkpoints, vault: formats and ports, no I/O."""
