"""Pictures of the domain on the console's case page: who acted together, ratings, templates."""
