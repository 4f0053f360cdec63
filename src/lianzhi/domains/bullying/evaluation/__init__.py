"""How good is early warning? Injected pile-ons and benign surges on real and simulated traffic.

Data flow: `texts` and a background (`arrivals` from a file, `organic` simulated) -> `trials` (one
target's history with one crowd, from `crowds`, on top) -> `scoring` (any candidate's scores) ->
`matching` (alarms against truth) -> `report` (figures with intervals) -> `tables`, `plots`.
It shares no code and no constants with the detector that it tries.
"""
