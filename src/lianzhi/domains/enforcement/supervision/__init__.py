"""Supervision 执法监督: monitors over files, review of files by sampling, and what they ask.

Nothing here judges a person: an alert is a question to a supervisor, with the files to read.
"""
