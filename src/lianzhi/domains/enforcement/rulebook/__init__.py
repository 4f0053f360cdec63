"""Law and policy in force on a day, facts for the gates, rules of visits, and clocks."""
