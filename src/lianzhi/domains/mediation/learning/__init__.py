"""Learning from disputes: what notes changed, and the figures of the office. Pure."""
