"""Charter forms as WTForms, and reading what people typed into typed answers."""
