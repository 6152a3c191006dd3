"""The charter: what the foundation does, as data, and the small pure engine that understands it."""
