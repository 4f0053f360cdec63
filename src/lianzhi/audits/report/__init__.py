"""Reports of audits: one self-contained page in each language."""
