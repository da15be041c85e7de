"""What a backend needs to demand the right login for a request. Needs joserfc, nothing else."""
