"""Supervision 执法监督: monitors over files, and review of sampled files.

An alert is a question to a supervisor, with the files to read; it judges no person.
"""
