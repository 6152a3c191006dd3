"""Companies, institutes, zones with their history, councils and clusters."""
