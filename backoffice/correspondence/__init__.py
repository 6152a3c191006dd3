"""What is written about a case: notes the office keeps to itself, and its conversation with the applicant."""
