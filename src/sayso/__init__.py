"""Say-so: who said what, on whose say-so, and when their line changed."""
