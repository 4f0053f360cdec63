"""What decides, without I/O: verdicts of re-checks, what keeps an instruction open."""
