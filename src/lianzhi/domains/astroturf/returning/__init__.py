"""Coming back: what a file of actions tells of groups, folded and put into traits, and the policy
by which a group is said to be a remembered one.
"""
