"""Pictures of figures as SVG, the same on the screen and in print."""
