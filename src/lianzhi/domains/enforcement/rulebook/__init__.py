"""Law and policy in force on a day, the facts that they look at, rules of a visit, and clocks."""
