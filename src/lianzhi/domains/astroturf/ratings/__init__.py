"""Ratings and rankings 评分与榜单 with manipulated ratings counting less.

Some of an item's ratings (a window of time, accounts without history, a coordinated group) are
compared with the rest of the *same* item. Where they hold far more low or high ratings than the
rest would give, the excess counts less, and nothing else does. A controversial item is so all the
time, and one in the news draws more of the same ratings: both keep their mean.
"""
