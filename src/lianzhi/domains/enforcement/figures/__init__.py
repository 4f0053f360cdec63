"""The bureau's scorecard, and the vocabulary by which published figures are checked."""
