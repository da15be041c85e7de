"""Scripts that run in an environment of their own, with parts that Gatehouse never imports."""
