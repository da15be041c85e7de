"""Coming back after a way to log in was lost: two proofs of what is left, a wait, one new way."""
