// The interactive chart of a line.
