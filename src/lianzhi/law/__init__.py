"""Law engines: legal bases with dates of effect, periods, gates, discretion; they know no cases."""
