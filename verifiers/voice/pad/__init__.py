"""Presentation attack detection (ISO/IEC 30107-3): is this a person, here and now?"""
