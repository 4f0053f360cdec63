"""Groups that come back under new names, among others: made up, and looked for."""
