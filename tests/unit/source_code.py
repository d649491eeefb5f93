"""Reading the product's own source, for tests of what stands in it."""

import ast
from pathlib import Path


def tree_of(path: Path) -> ast.Module:
    """The parsed file. CPython before 3.11.8 fails when another thread parses at the same moment
    (SystemError "recursion depth mismatch", gh-106905): then once more."""
    text = path.read_text("utf-8")
    try:
        return ast.parse(text)
    except SystemError:
        return ast.parse(text)
