"""From bytes to findings: intake, event log, watermark, windows and the in-process runner."""
