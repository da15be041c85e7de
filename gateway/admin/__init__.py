"""What operators do: one list of operations, behind the pages, the API and the command line."""
