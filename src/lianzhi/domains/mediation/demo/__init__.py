"""The demo's office: what it would have on the record already."""
