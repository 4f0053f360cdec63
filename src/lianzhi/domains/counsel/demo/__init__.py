"""The demo's legal office: what it would have on the record already."""
