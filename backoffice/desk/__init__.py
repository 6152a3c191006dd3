"""How members of staff arrange their own work: saved views of the queue, where they start, their calendar."""
