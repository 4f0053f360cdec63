"""Tables that a mediation office brings along."""
