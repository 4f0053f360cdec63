"""Audits from files: figures with intervals, a verdict and a report.

An audit takes a table and a map of its columns. Nothing here knows of a record or a deployment:
an audit is worth as much on a laptop as on a platform's node.
"""
