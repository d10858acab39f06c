"""Cells of a list batch by batch, as Arrow reads them: text, numbers, rows of people.

Batch by batch, so that a long list is never in memory as text as a whole. Ends of ties are read as
whole numbers where all of them are such, which is fastest; as text, and looked up among the ids of
the people file, where they are names.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from sim.base.formats import unreadable
from sim.network.list_file import BLOCK, Source
from sim.network.list_lines import refuse_broken_lines

AT_ONCE = 1_000_000  #: ties whose names are looked up at a time; each time costs a table of names
ENDS = ("follower", "followed")  #: of a tie, as columns are called once they are known


def batches_of(source: Source, wanted: Sequence[str], cells: Any) -> Any:
    """The wanted columns of a file as an Arrow reader of batches.

    cells : the Arrow type of the cells of a CSV file. Arrow opens files by their names: its threads
    and a Python file now and then abort the process (see sim.part_files).
    """
    import pyarrow as pa
    import pyarrow.csv

    if source.parquet:
        return _parquet_batches(source, wanted)
    columns = [name if name in wanted else f"{k}" for k, name in enumerate(source.names)]
    return pa.csv.open_csv(
        source.file,
        read_options=pa.csv.ReadOptions(
            block_size=BLOCK, column_names=columns, skip_rows=source.skip + source.header
        ),
        # A name in quotes may hold a line end; no whole number does.
        parse_options=pa.csv.ParseOptions(
            delimiter=source.separator, newlines_in_values=pa.types.is_string(cells)
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(wanted, cells), include_columns=list(wanted)
        ),
    )


def _parquet_batches(source: Source, wanted: Sequence[str]) -> Any:
    """The wanted columns of a Parquet file, under the names meant, in the types that it has."""
    import pyarrow as pa
    import pyarrow.parquet

    # Buffered, or a row group, which may be the whole file, is in memory at once.
    parquet = pa.parquet.ParquetFile(source.file, pre_buffer=False, buffer_size=BLOCK)
    raw = [parquet.schema_arrow.names[source.names.index(name)] for name in wanted]
    fields = [parquet.schema_arrow.field(name) for name in raw]
    schema = pa.schema([pa.field(name, one.type) for name, one in zip(wanted, fields, strict=True)])
    batches = (
        pa.RecordBatch.from_arrays([batch.column(name) for name in raw], schema=schema)
        for batch in parquet.iter_batches(columns=raw)
    )
    return pa.RecordBatchReader.from_batches(schema, batches)


@contextmanager
def reading(source: Source) -> Iterator[None]:
    """Refuse a file that turns out to be broken while Arrow reads it, with its broken lines."""
    import pyarrow as pa

    try:
        try:
            yield
        except pa.ArrowInvalid:
            if not source.parquet:
                refuse_broken_lines(source)
            raise
    except (pa.ArrowException, OSError, EOFError, csv.Error) as problem:
        raise unreadable(source.key, source.path, str(problem).splitlines()[0][:160]) from None


def ends_by_batches(source: Source, ids: Any, cells: Any) -> Iterator[list[Any]]:
    """Followers and followed batch by batch: rows of people, if they are such at all.

    ids : of the people in order of row, as an Arrow array; None: ids are rows. cells : the Arrow
    type that cells of a CSV file are read as. What is no row of anybody is -1 or no whole number.
    """
    reader = batches_of(source, ENDS, cells)
    for table in _at_once(reader, 1 if ids is None else AT_ONCE):
        yield (
            _looked_up(table, ids)
            if ids is not None
            else [_as_numbers(table, name) for name in ENDS]
        )


def _at_once(batches: Iterable[Any], n_rows: int) -> Iterator[Any]:
    """Batches put together to tables of this many rows or a batch more."""
    import pyarrow as pa

    held: list[Any] = []
    for batch in batches:
        held.append(batch)
        if sum(each.num_rows for each in held) >= n_rows:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _looked_up(table: Any, ids: Any) -> list[Any]:
    """Rows of people by their names, one array for each end; -1 for a name that nobody has."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = pa.chunked_array([chunk for name in ENDS for chunk in as_text(table, name).chunks])
    rows = pc.index_in(names, value_set=ids).fill_null(-1).to_numpy()
    return np.split(rows, len(ENDS))


def _as_numbers(table: Any, name: str) -> Any:
    """A column as numbers, not a number where there is none.

    Whole numbers stay int32; a single cell that is none makes all of them float64.
    """
    import pandas as pd
    import pyarrow as pa

    if pa.types.is_integer(table[name].type):
        return table[name].to_numpy()
    text = as_text(table, name)
    try:
        return text.cast(pa.int32()).to_numpy()
    except pa.ArrowInvalid:
        numbers = pd.to_numeric(text.to_pandas(), errors="coerce")
        return numbers.to_numpy(float, na_value=np.nan)


def as_text(table: Any, name: str) -> Any:
    """A column as text without blanks around it. Raises ArrowInvalid for what is no text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return pc.utf8_trim_whitespace(table[name].cast(pa.string()))
    except pa.ArrowException:
        raise pa.ArrowInvalid(f"column {name} is of type {table[name].type}") from None
