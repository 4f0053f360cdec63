"""The running node: opens a deployment, feeds it, and does its timed work.

`proceedings` is what follows a finding, `post` how the platform and people are told of it.
"""
