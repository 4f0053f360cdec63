"""Fairness 公平性: rates of groups compared with those of a reference group."""
