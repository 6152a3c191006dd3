"""Demo data a person can believe, made by performing transitions through the engine."""
