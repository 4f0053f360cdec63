"""Legal office 法制: answers, manuals, lessons, reception days, legal review, reconsideration."""
