"""Returning groups: traits of groups from a file of actions, and the policy for linking them to
remembered ones.
"""
