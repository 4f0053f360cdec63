"""The detectors of pile-ons and report floods: state of each person, windows, score, stages, roles."""
