"""The engine: explains every step, takes it in one short transaction, and keeps the history that proves it."""
