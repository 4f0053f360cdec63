"""The running node: what opens a deployment, feeds it, and does its timed work."""
