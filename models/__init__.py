"""Trained models that ship with the project, and the recipes that make them."""
