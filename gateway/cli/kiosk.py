"""`gatehouse kiosk`."""

from enrollment.kiosk.__main__ import kiosk

__all__ = ["kiosk"]
