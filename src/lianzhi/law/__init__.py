"""Law: legal bases with dates of effect. Engines here see facts, never cases."""
