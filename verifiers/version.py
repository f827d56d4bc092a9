"""The version of the whole suite: raise it whenever a verdict can change."""

VERSION = "1.9.0"
