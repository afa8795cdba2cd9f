"""Runs: how one is trained and scored, how many are executed."""

from ssad_lib.engine.execution import execute
from ssad_lib.engine.run import perform

__all__ = ["execute", "perform"]
