"""Helpers of the repository; no part of Gatehouse itself."""
