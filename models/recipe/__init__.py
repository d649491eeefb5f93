"""The recipe of the shipped Polish speech model: from written text to a Vosk model directory."""
