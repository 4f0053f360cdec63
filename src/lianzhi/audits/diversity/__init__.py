"""Diversity 信息茧房: how narrow feeds are, against an unfiltered feed and the catalogue."""
