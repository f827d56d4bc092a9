"""The version of the whole suite: raise it whenever a verdict can change."""

VERSION = "1.8.0"
