"""Other systems that are told of steps: who, of what, and what became of each word to them."""
