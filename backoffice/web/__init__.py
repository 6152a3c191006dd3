"""Pages: the only floor that knows HTTP."""
