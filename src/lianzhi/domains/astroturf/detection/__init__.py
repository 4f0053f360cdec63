"""What the detectors share: events as actions, keyed state, periodic looks, and group detection."""
