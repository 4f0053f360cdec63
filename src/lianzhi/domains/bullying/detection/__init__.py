"""The detectors of pile-ons and report floods, and what they remember of each person."""
