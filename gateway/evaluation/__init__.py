"""Measure how well a biometric factor recognises people, in the terms of ISO/IEC 19795-1."""

from gateway.evaluation.evaluate import Order, run
from gateway.evaluation.manifest import Where
from gateway.evaluation.report import Report

__all__ = ["Order", "Report", "Where", "run"]
