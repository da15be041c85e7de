"""The trail: chained entry by entry, sealed for whom it is about, signed in batches, verified."""
