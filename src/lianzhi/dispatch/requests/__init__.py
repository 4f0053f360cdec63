"""The life of a request: routing, clocks, steps, duplicates and hand-over."""
