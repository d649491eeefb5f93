"""Kaldi's binary format: numbers, tokens, vectors and (compressed) matrices, both ways."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

BINARY_MARK = b"\0B"
_STEP = 1.52590218966964e-05  # 1 / 65535, spelled as in Kaldi's compressed-matrix.cc
_QUARTERS = (0, 64, 192, 255)  # the byte values of the four percentiles of a column


def integer(value: int) -> bytes:
    """An int32 with its size byte."""
    return b"\x04" + struct.pack("<i", value)


def single(value: float) -> bytes:
    """A float32 with its size byte."""
    return b"\x04" + struct.pack("<f", value)


def double(value: float) -> bytes:
    """A float64 with its size byte."""
    return b"\x08" + struct.pack("<d", value)


def token(name: str) -> bytes:
    """A token such as ``<Nnet3>``, with the space that ends it."""
    return name.encode() + b" "


def integers(values: Iterable[int]) -> bytes:
    """A vector of int32."""
    data = np.asarray(list(values), "<i4")
    return integer(len(data)) + data.tobytes()


def vector(values: ArrayLike) -> bytes:
    """A float vector (n,)."""
    data = np.asarray(values, "<f4")
    return token("FV") + integer(len(data)) + data.tobytes()


def matrix(values: ArrayLike) -> bytes:
    """A float matrix (rows, columns), uncompressed."""
    data = np.ascontiguousarray(values, "<f4")
    return token("FM") + integer(data.shape[0]) + integer(data.shape[1]) + data.tobytes()


def compressed(values: ArrayLike) -> bytes:
    """A float matrix (rows, columns) at one byte a value, with four percentiles per column."""
    data = np.asarray(values, np.float64)
    low, span = float(data.min()), float(np.ptp(data)) or 1.0
    heads = np.quantile(data, [0, 0.25, 0.75, 1], axis=0, method="nearest").T
    codes = np.clip(np.round((heads - low) / span * 65535), 0, 65535).astype(np.int64)
    for column in range(1, 4):  # Kaldi wants the four to rise strictly
        codes[:, column] = np.maximum(codes[:, column], codes[:, column - 1] + 1)
    for column in range(2, -1, -1):
        limit = np.minimum(codes[:, column + 1] - 1, 65532 + column)
        codes[:, column] = np.minimum(codes[:, column], limit)
    codes[:, 3] = np.minimum(codes[:, 3], 65535)
    marks = low + span * codes * _STEP
    coded = np.empty(data.shape, np.uint8)
    for column in range(data.shape[1]):
        place = np.interp(data[:, column], marks[column], _QUARTERS)
        coded[:, column] = np.round(place).astype(np.uint8)
    head = struct.pack("<ffii", low, span, *data.shape)
    return token("CM") + head + codes.astype("<u2").tobytes() + coded.T.tobytes()


def read_matrix(data: bytes) -> NDArray[np.float32]:
    """Read back what ``matrix`` or ``compressed`` wrote."""
    if data.startswith(token("FM")):
        rows, columns = struct.unpack_from("<xixi", data, 3)
        return np.frombuffer(data, "<f4", rows * columns, 13).reshape(rows, columns)
    low, span, rows, columns = struct.unpack_from("<ffii", data, 3)
    codes = np.frombuffer(data, "<u2", 4 * columns, 19).reshape(columns, 4)
    coded = np.frombuffer(data, np.uint8, rows * columns, 19 + 8 * columns)
    marks = low + span * codes * _STEP
    table = coded.reshape(columns, rows)
    values = [np.interp(table[i], _QUARTERS, marks[i]) for i in range(columns)]
    return np.stack(values, axis=1).astype(np.float32)


def read_vector(data: bytes) -> NDArray[np.float32]:
    """Read back what ``vector`` wrote."""
    (count,) = struct.unpack_from("<xi", data, 3)
    return np.frombuffer(data, "<f4", count, 8)
