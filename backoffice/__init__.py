"""The office: it carries the charter out."""
