"""Report of outlets' days, as one HTML page and as PDF."""
