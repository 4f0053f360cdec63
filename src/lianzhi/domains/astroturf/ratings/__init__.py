"""Ratings and rankings 评分与榜单: what is left of them when what was bought counts less.

One idea carries all of it: some of an item's ratings (a window of time, accounts without a past, a
group that acts together) are compared with the rest of the *same* item. Where they hold far more
low or high ratings than the rest would give them, the excess counts less, and nothing else does. An
item that splits its public does so all the time, and one in the news draws more of the same: both
keep their mean.
"""
