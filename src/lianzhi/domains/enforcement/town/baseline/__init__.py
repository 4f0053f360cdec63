"""The town without anomalies: places, people, requests, inspections, penalties and permits."""
