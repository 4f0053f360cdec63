"""Files of a town in and out: typed rows, every bad row told with line, column, value and mend."""
