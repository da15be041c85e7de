"""People who make an account by themselves: an address that is theirs, a name, a first factor."""
