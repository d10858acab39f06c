"""The user's own ties and people: read in batches, refused with the line that is wrong."""

import gzip
import io
import os
import re
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from conftest import composed
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import built, rows_of

from sim.base.refusal import ConfigError
from sim.network import list_cells, list_file, list_lines, people_file
from sim.settings.network_config import Lines, TieFormat
from sim.start import network_of
from sim.state.asked import asked as record_of


def write(path, text):
    path.write_text(text)
    return str(path)


def refused(tmp_path, text, **more):
    with pytest.raises(ConfigError) as refusal:
        built(sizes=(2, 2, 2), edges=write(tmp_path / "ties.csv", text), **more)
    return str(refusal.value)


def test_an_edge_list_says_who_sees_whom(tmp_path):
    path = write(tmp_path / "ties.csv", "follower,followed\n3,0\n1,0\n5,2\n")
    network = built(sizes=(2, 2, 2), edges=path)
    assert [list(row) for row in rows_of(network)[:6]] == [[1, 3], [], [5], [], [], []]


def test_parquet_and_csv_give_the_same_network(tmp_path):
    csv = write(tmp_path / "ties.csv", "follower,followed\n3,0\n1,0\n")
    pq.write_table(pa.table({"follower": [3, 1], "followed": [0, 0]}), tmp_path / "ties.parquet")
    assert (
        built(sizes=(2, 2, 2), edges=csv).digest
        == built(sizes=(2, 2, 2), edges=str(tmp_path / "ties.parquet")).digest
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("follower,followed\n3,0\n9,0\n", "unknown id as follower in line 3"),
        ("follower,followed\n3,-1\n", "unknown id as followed in line 2"),
        ("follower,followed\n3,0\n1,1\n", "themselves in line 3"),
        ("follower,followed\n3,0\n1,0\n3,0\n", "twice in line 4"),
        ("from,to\n3,0\n", "no column follower, followed"),
        ("follower,followed\nx,0\n", "unknown id as follower in line 2"),
        ("", "cannot be read"),
    ],
)
def test_a_bad_edge_list_is_refused_with_its_line(tmp_path, text, expected):
    message = refused(tmp_path, text)
    assert expected in message
    assert "try:" in message


def test_many_bad_lines_are_counted(tmp_path):
    lines = "".join(f"{i},0\n" for i in range(10, 20))
    assert "line 2, 3, 4, 5, 6 and 5 more" in refused(tmp_path, "follower,followed\n" + lines)


def test_a_people_file_names_ids_kinds_and_attributes(tmp_path):
    people = write(
        tmp_path / "people.csv", "id,kind,trust\nann,public,0.2\nbob,core,0.9\ncy,customer,0.5\n"
    )
    ties = write(tmp_path / "ties.csv", "follower,followed\nann,bob\n")
    network = built(sizes=(9, 9, 9), edges=ties, people=people)
    assert (network.n_people, network.n_core) == (3, 1)
    assert list(rows_of(network)[0]) == [2]
    assert list(network.attributes["trust"]) == [0.9, 0.5, 0.2]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ("id,kind\na,core\nb,alien\nc,public\n", "unknown kind in line 3"),
        ("id,kind\na,core\na,customer\nc,public\n", "twice in line 3"),
        ("id,kind\na,core\nb,core\nc,public\n", "nobody of kind customer"),
        ("id,kind,trust\na,core,2\nb,customer,.5\nc,public,.5\n", "trust out of range in line 2"),
    ],
)
def test_a_bad_people_file_is_refused_with_its_line(tmp_path, people, expected):
    message = refused(
        tmp_path, "follower,followed\na,c\n", people=write(tmp_path / "people.csv", people)
    )
    assert expected in message


HEADER = "follower,followed\n"


PEOPLE = "id,kind\na,core\nb,customer\nc,public\n"


def named(tmp_path, ties, people=PEOPLE):
    """A network of named people; sizes asked for are overruled by the people file."""
    return built(
        sizes=(9, 9, 9),
        edges=write(tmp_path / "ties.csv", HEADER + ties),
        people=write(tmp_path / "people.csv", people),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0,1\n\n\n2,2\n", "themselves in line 5"),
        ("0,1\r\n\r\n2,2\r\n", "themselves in line 4"),
        ("0,1\n2,\n", "unknown id as followed in line 3"),
        ("0,1\n2.5,3\n", "unknown id as follower in line 3"),
        ("true,false\n", "unknown id as follower in line 2"),
        ("99999999999999999999,1\n", "unknown id as follower in line 2"),
        ("0,1\n1,2,3\n4\n", "not as many cells as columns in line 3, 4"),
        ("0,5\n0,6\n", "unknown id as followed in line 3"),
    ],
)
def test_blank_lines_and_odd_cells_do_not_move_the_line_that_is_named(tmp_path, text, expected):
    assert expected in refused(tmp_path, HEADER + text)


def test_a_bad_id_far_down_a_long_file_is_named_with_its_line(tmp_path):
    path = write(tmp_path / "ties.csv", HEADER + "0,1\n" * 150_000 + "x,3\n")
    with pytest.raises(ConfigError, match="unknown id as follower in line 150002"):
        built(sizes=(2, 2, 2), edges=path)


def test_text_that_is_not_utf8_is_refused_with_its_line(tmp_path):
    (tmp_path / "ties.csv").write_bytes(HEADER.encode() + b"0,1\n\xff\xfe,1\n")
    people = write(tmp_path / "people.csv", PEOPLE)
    with pytest.raises(ConfigError, match="not UTF-8 in line 3"):
        built(edges=str(tmp_path / "ties.csv"), people=people)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("follower,followed,followed", "column followed stands twice"),
        ("follower,followed,weight", "unknown column weight"),
        ("from,to,x", "no column follower, followed; found from, to, x (parted by commas)"),
    ],
)
def test_columns_that_would_be_ignored_or_guessed_are_refused(tmp_path, header, expected):
    message = refused(tmp_path, header + "\n0,1,2\n")
    assert f"line 1: {expected}" in message


def test_a_misspelt_attribute_does_not_pass_for_an_absent_one(tmp_path):
    with pytest.raises(ConfigError, match="unknown column activty"):
        named(tmp_path, "a,b\n", "id,kind,activty\na,core,1\nb,customer,1\nc,public,1\n")


def test_ids_are_text_so_that_007_is_not_7_and_na_is_a_name(tmp_path):
    people = "id,kind\n007,core\n7,customer\nNA,public\n"
    network = named(tmp_path, "007,7\nNA,007\n", people)
    assert [list(row) for row in rows_of(network)[:3]] == [[2], [0], []]


def test_a_line_end_inside_a_quoted_id_does_not_move_the_line_that_is_named(tmp_path):
    with pytest.raises(ConfigError, match="themselves in line 5"):
        named(tmp_path, '"a\n\nx",b\nb,b\n', 'id,kind\n"a\n\nx",core\nb,customer\nc,public\n')


def test_a_person_without_an_id_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no id in line 5"):
        named(tmp_path, "a,b\n", PEOPLE + ",core\n")


def test_a_parquet_file_is_refused_with_the_number_of_its_row(tmp_path):
    path = tmp_path / "ties.parquet"
    pq.write_table(pa.table({"follower": [0, 1, 2], "followed": [1, 1, 0]}), path)
    with pytest.raises(ConfigError, match="themselves in row 2"):
        built(sizes=(2, 2, 2), edges=str(path))


def test_a_parquet_file_may_be_damaged_or_of_a_wrong_type(tmp_path):
    damaged, lists = tmp_path / "damaged.parquet", tmp_path / "lists.parquet"
    damaged.write_text("hello")
    pq.write_table(pa.table({"follower": [[0]], "followed": [1]}), lists)
    for path in (damaged, lists):
        with pytest.raises(ConfigError, match="cannot be read"):
            built(sizes=(2, 2, 2), edges=str(path))


def test_whole_numbers_and_names_meet_between_csv_and_parquet(tmp_path):
    people = write(tmp_path / "people.csv", "id,kind\n10,core\n20,customer\nx,public\n")
    path = tmp_path / "ties.parquet"
    pq.write_table(pa.table({"follower": [10], "followed": [20]}), path)
    network = built(edges=str(path), people=people)
    assert [list(row) for row in rows_of(network)[:3]] == [[], [0], []]


TIES = st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda t: t[0] != t[1])


@settings(max_examples=25, deadline=None)
@given(st.sets(TIES, min_size=1))
def test_any_clean_edge_list_comes_back_tie_by_tie(tmp_path_factory, ties):
    text = HEADER + "".join(f"{a},{b}\n" for a, b in ties)
    path = write(tmp_path_factory.mktemp("ties") / "ties.csv", text)
    network = built(sizes=(2, 2, 2), edges=path)
    found = {(int(a), b) for b, row in enumerate(rows_of(network)[:6]) for a in row}
    assert found == ties


def test_a_list_that_names_few_of_the_people_is_refused_with_their_number(tmp_path):
    ties = write(tmp_path / "ties.csv", "follower,followed\n0,1\n1,2\n")
    with pytest.raises(ConfigError, match="n_people=3"):
        built(sizes=(20, 20, 20), edges=ties)


# --- lists as they are found ----------------------------------------------------------------------

TIES = [(0, 1), (2, 1), (3, 0), (5, 4)]
FIRST, SECOND = TieFormat.first_follows_second, TieFormat.second_follows_first
DROP = Lines.drop


def rows_text(ties, separator=",", more=""):
    return "".join(f"{a}{separator}{b}{more}\n" for a, b in ties)


def ties_of(network, n=6):
    return sorted((int(a), b) for b, row in enumerate(rows_of(network)[:n]) for a in row)


def with_frame_index():
    held = io.StringIO()
    pd.DataFrame(TIES, columns=["follower", "followed"]).to_csv(held)
    return held.getvalue()


SNAP = "# Directed graph: toy.txt\n# Nodes: 6 Edges: 4\n# FromNodeId\tToNodeId\n"
#: How a list is written, and the settings with which it is read as TIES.
FOUND = {
    "capital header": ("Follower,Followed\n" + rows_text(TIES), {}),
    "reversed columns": ("followed,follower\n" + rows_text([(b, a) for a, b in TIES]), {}),
    "tabs": ("follower\tfollowed\n" + rows_text(TIES, "\t"), {}),
    "semicolons": ("follower;followed\n" + rows_text(TIES, ";"), {}),
    "spaces": ("follower followed\n" + rows_text(TIES, "  "), {}),
    "spaces after commas": ("follower, followed\n" + rows_text(TIES, ", "), {}),
    "comment, then header": ("# mine\n\n" + HEADER + rows_text(TIES), {}),
    "comments between": (HEADER + "# a\n" + rows_text(TIES[:2]) + "#\n" + rows_text(TIES[2:]), {}),
    "windows and a mark": ("\ufeff" + (HEADER + rows_text(TIES)).replace("\n", "\r\n"), {}),
    "a frame's index": (with_frame_index(), {}),
    "fractions": (HEADER + "".join(f"{a}.0,{b}.0\n" for a, b in TIES), {}),
    "snap": (SNAP + rows_text(TIES, "\t"), {"format": FIRST}),
    "snap, windows": ((SNAP + rows_text(TIES, "\t")).replace("\n", "\r\n"), {"format": FIRST}),
    "no header": (rows_text(TIES), {"format": FIRST}),
    "no header, spaces": (rows_text(TIES, " "), {"format": FIRST}),
    "percent comments": ("% konect\n" + rows_text(TIES, " "), {"format": FIRST}),
    "source, target": ("source,target\n" + rows_text(TIES), {"format": FIRST}),
    "read the other way": (
        "source,target\n" + rows_text([(b, a) for a, b in TIES]), {"format": SECOND},
    ),
    "gephi": (
        "Source,Target,Type,Weight\n" + rows_text(TIES, more=",Directed,1"),
        {"format": FIRST, "other_columns": DROP},
    ),
    "gephi, only Type": ("Source,Target,Type\n" + rows_text(TIES, more=",Directed"),
                         {"format": FIRST}),
    "weights": ("follower,followed,weight\n" + rows_text(TIES, more=",0.5"),
                {"other_columns": DROP}),
    "self ties": (HEADER + "2,2\n" + rows_text(TIES) + "4,4\n", {"self_ties": DROP}),
    "doubled": (HEADER + rows_text(TIES + TIES[:2]), {"doubled": DROP}),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_a_list_is_read_as_it_is_found(tmp_path, name):
    text, settings_of_it = FOUND[name]
    path = tmp_path / "list.txt"
    path.write_bytes(text.encode())
    assert ties_of(built(sizes=(2, 2, 2), edges=str(path), **settings_of_it)) == sorted(TIES)


@pytest.mark.parametrize("code", ["utf-16", "utf-8-sig"])
def test_a_list_with_a_mark_of_its_encoding_is_read(tmp_path, code):
    path = tmp_path / "list.csv"
    path.write_bytes((HEADER + rows_text(TIES)).encode(code))
    assert ties_of(built(sizes=(2, 2, 2), edges=str(path))) == sorted(TIES)


def test_undirected_pairs_are_mirrored_where_that_is_said(tmp_path):
    both = sorted(TIES + [(b, a) for a, b in TIES])
    how = {"sizes": (2, 2, 2), "format": TieFormat.undirected}
    path = write(tmp_path / "pairs.txt", rows_text(TIES, " "))
    assert ties_of(built(edges=path, **how)) == both
    path = write(tmp_path / "own.txt", "1 1\n" + rows_text(TIES, " "))
    assert ties_of(built(edges=path, self_ties=DROP, **how)) == both
    path = write(
        tmp_path / "gephi.csv", "Source,Target,Type\n" + rows_text(TIES, more=",Undirected")
    )
    assert ties_of(built(edges=path, **how)) == both
    with pytest.raises(ConfigError, match=r"Type says undirected in 4 of 4 lines"):
        built(sizes=(2, 2, 2), edges=path, format=FIRST)
    again = write(tmp_path / "again.txt", rows_text([*TIES, (1, 0), (2, 1)], " "))
    with pytest.raises(ConfigError, match=r"a pair stands twice \(in either order\) in line 5, 6"):
        built(edges=again, **how)
    assert ties_of(built(edges=again, doubled=DROP, **how)) == both


def test_pairs_that_stand_twice_are_named_after_self_ties_that_were_dropped(
    tmp_path, batches_of_a_few_lines
):
    path = write(tmp_path / "a.csv", HEADER + "0,1\n2,2\n" * 3 + "1,2\n0,1\n" * 2)
    with pytest.raises(ConfigError, match=r"twice in line 4, 6, 9, 10, 11: '0 -> 1', '1 -> 2'"):
        built(sizes=(2, 2, 2), edges=path, self_ties=DROP)


def test_everything_that_stands_in_the_way_is_said_at_once(tmp_path):
    """A list of SNAP took four rounds: comments, header, self ties, number of people."""
    text = SNAP + rows_text([*TIES, (2, 2), (0, 1), (3, 0), (9, 1)], "\t")
    path = write(tmp_path / "snap.txt", text)
    with pytest.raises(ConfigError) as refusal:
        built(sizes=(2, 2, 2), edges=path)
    message = str(refusal.value)
    for told in (
        "4 things to settle",
        "no header",
        "unknown id as follower in line 11: '9'",
        "follows themselves in line 8: '2'",
        "a tie stands twice in line 9, 10: '0 -> 1', '3 -> 0'",
    ):
        assert told in message
    assert refusal.value.hint == (
        "network.format=first_follows_second population.n_people=10 network.self_ties=drop "
        "network.doubled=drop"
    )
    network = built(sizes=(2, 3, 5), edges=path, format=FIRST, self_ties=DROP, doubled=DROP)
    assert ties_of(network, 10) == sorted([*TIES, (9, 1)])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Source,Target,Weight\n0,1,2\n", "network.format=first_follows_second "
         "network.other_columns=drop"),
        ("0,1\n2,3\n", "(no header)"),
        ("".join(f"{i},{i + 1}\n" for i in range(1, 90)), "person 0 would be alone"),
        (HEADER + "0,1\n1,2\nTotal,2\n", "unknown id as follower in line 4: 'Total'"),
        (HEADER + "0,1\n1.2E+12,2\n", "rounded by a spreadsheet"),
        (HEADER + "0\t1\n2\t3\n", "the same separator in all lines (these are parted by tabs)"),
        ("0 1 2 3\n1 2\n2 3\n", "a list of neighbours"),
        ("follower;followed\n0,1\n", "2 cells parted by semicolons"),
        (HEADER + "1,2\n# a note\n#3,4\n", "begins like a comment, but has as many cells"),
        ("%%MatrixMarket matrix coordinate\n3 3 1\n1 2\n", "a MatrixMarket file"),
        ("*Vertices 3\n1 2\n", "a Pajek network"),
        ("<?xml version='1.0'?><graphml></graphml>", "GraphML"),
        ("graph [\n]", "a GML graph"),
        ("# nothing\n", "nothing but comments"),
        (HEADER, "holds no tie"),
    ],
)  # fmt: skip
def test_a_list_that_is_not_read_is_named_for_what_it_is(tmp_path, text, told):
    with pytest.raises(ConfigError) as refusal:
        built(sizes=(30, 30, 30), edges=write(tmp_path / "list.csv", text))
    assert told in str(refusal.value)
    assert "\t" not in str(refusal.value)


@pytest.mark.parametrize("n", [1, 10, 30])
@pytest.mark.parametrize("named", [False, True])
def test_a_list_without_ties_is_refused_for_the_smallest_community(tmp_path, n, named):
    people = "id,kind\n" + "".join(
        f"{kind}{k},{kind}\n" for kind in ("core", "customer", "public") for k in range(n)
    )
    more = {"people": write(tmp_path / "people.csv", people)} if named else {}
    with pytest.raises(ConfigError, match="holds no tie"):
        built(sizes=(n, n, n), edges=write(tmp_path / "ties.csv", HEADER), **more)
    own = write(tmp_path / "own.csv", HEADER + ("core0,core0\n" if named else "0,0\n"))
    with pytest.raises(ConfigError, match="holds no tie"):
        built(sizes=(n, n, n), edges=own, self_ties=Lines.drop, **more)


def test_other_files_are_named_and_never_shown(tmp_path):
    table = pa.table({"follower": [0], "followed": [1]})
    feather.write_feather(table, tmp_path / "a.feather")
    pq.write_table(table, tmp_path / "a.csv")
    (tmp_path / "b.csv").write_bytes(gzip.compress(b"follower,followed\n0,1\n"))
    (tmp_path / "c.csv.gz").write_bytes(b"follower,followed\n0,1\n")
    for name, told in (
        ("a.feather", "a Feather (Arrow) file"),
        ("a.csv", "Parquet under another name"),
        ("b.csv", "compressed with gzip"),
        ("c.csv.gz", "is not compressed"),
    ):
        with pytest.raises(ConfigError, match=re.escape(told)) as refusal:
            built(sizes=(2, 2, 2), edges=str(tmp_path / name))
        assert str(refusal.value).replace("\n", "").isprintable()


def test_ids_of_people_are_shown_with_what_to_type(tmp_path):
    people = "id,kind\n0,core\n1,customer\n007,public\n"
    for ties, told in (
        ("0.0,1.0\n", "follower in line 2: '0.0'; unknown id as followed in line 2: '1.0'"),
        ("0.0,1\n", "0 instead of '0.0'"),
        ("0,7\n", "007 instead of '7'"),
        ("0,dora\n", "a people file with those ids"),
    ):
        with pytest.raises(ConfigError, match=re.escape(told)):
            named(tmp_path, ties, people)


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ("id,kind,trust\na,core,70%\nb,customer,1\nc,public,1\n", "'70%'\n.*\n.*trust 0.7"),
        ('id,kind,trust\na,core,"0,7"\nb,customer,1\nc,public,1\n', "'0,7'\n.*\n.*trust 0.7"),
        ("id,kind,trust\na,core,70\nb,customer,1\nc,public,1\n", "trust 0.7, if it is a perc"),
        ("id,kind,trust\na,core,\nb,customer,1\nc,public,1\n", "in every line, or a file wit"),
        ("id,kind\na,核心粉丝\nb,customer\nc,public\n", "'核心粉丝'\n.*\n.*kind=core"),
        ("id,kind,name\na,core,x\nb,customer,y\nc,public,z\n", "network.other_columns=drop"),
    ],
)
def test_people_are_refused_with_the_cell_and_what_to_type(tmp_path, people, told):
    with pytest.raises(ConfigError, match=told):
        named(tmp_path, "a,c\n", people)


def test_people_are_read_with_a_frames_index_tabs_and_capitals(tmp_path):
    people = "\tid\tkind\tcity\n0\ta\tCore\tX\n1\tb\tcustomer \tY\n2\tc\tPUBLIC\tZ\n"
    ties = write(tmp_path / "ties.csv", HEADER + "a,c\n")
    path = write(tmp_path / "people.tsv", people)
    network = built(edges=ties, people=path, other_columns=DROP)
    assert network.sizes == (1, 1, 1) and ties_of(network, 3) == [(0, 2)]


@pytest.mark.parametrize("name", ["format=undirected", "self_ties=drop", "doubled=drop",
                                  "other_columns=drop"])  # fmt: skip
def test_settings_of_a_list_do_nothing_without_one_and_are_refused(name):
    with pytest.raises(ConfigError, match="no list of ties is read"):
        composed(f"network.{name}")


def test_settings_of_a_list_name_runs_only_where_they_are_set(tmp_path):
    path = write(tmp_path / "ties.csv", HEADER + rows_text(TIES))
    plain = asked(composed(f"network.edges={path}"))["network"]
    assert not {"format", "self_ties", "doubled", "other_columns"} & set(plain)
    assert asked(composed(f"network.edges={path}", "network.doubled=drop"))["network"] == {
        **plain, "doubled": "drop",
    }  # fmt: skip


def asked(config):
    return record_of(config, config.case)


# --- lists that are read in many batches ----------------------------------------------------------


@pytest.fixture
def batches_of_a_few_lines(monkeypatch):
    for module in (list_file, list_lines, list_cells):
        monkeypatch.setattr(module, "BLOCK", 64)
    monkeypatch.setattr(list_cells, "AT_ONCE", 20)
    monkeypatch.setattr(people_file, "AT_ONCE", 20)


def long_list(n_people, n_ties, seed=1):
    """Ties in random order, some of them twice: [n_ties, 2] follower and followed."""
    rng = np.random.default_rng(seed)
    ties = rng.integers(0, n_people, (3 * n_ties, 2))
    return ties[ties[:, 0] != ties[:, 1]][:n_ties]


def without_doubled(ties):
    return ties[np.sort(np.unique(ties, axis=0, return_index=True)[1])]


def text_of(ties, prefix=""):
    return HEADER + "".join(f"{prefix}{a},{prefix}{b}\n" for a, b in ties.tolist())


@pytest.mark.parametrize("names", ["rows", "people"])
@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet"])
def test_batches_make_no_difference(tmp_path, batches_of_a_few_lines, kind, names):
    ties = without_doubled(long_list(90, 400))
    path, more = tmp_path / f"ties.{kind}", {}
    prefix = "" if names == "rows" else "p"
    if names == "people":
        people = [f"p{i},{('core', 'customer', 'public')[i // 30]}\n" for i in range(90)]
        more["people"] = write(tmp_path / "people.csv", "id,kind\n" + "".join(people))
    if kind == "parquet":
        columns = [[f"p{i}" for i in end] if prefix else end for end in ties.T]
        table = pa.table(dict(zip(("follower", "followed"), columns, strict=True)))
        pq.write_table(table, path, row_group_size=37)
    else:
        content = text_of(ties, prefix).encode()
        path.write_bytes(gzip.compress(content) if kind == "csv.gz" else content)
    network = built(sizes=(30, 30, 30), edges=str(path), **more)
    found = {(int(a), b) for b, row in enumerate(rows_of(network)[:90]) for a in row}
    assert found == set(map(tuple, ties.tolist()))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_doubled_ties_in_different_batches_are_named_and_counted(
    tmp_path, batches_of_a_few_lines, kind
):
    ties = long_list(60, 900)
    met, doubled = set(), []
    for row, tie in enumerate(map(tuple, ties.tolist())):
        if tie in met:
            doubled.append(row)
        met.add(tie)
    path = tmp_path / f"ties.{kind}"
    if kind == "parquet":
        table = pa.table({"follower": ties[:, 0], "followed": ties[:, 1]})
        pq.write_table(table, path, row_group_size=37)
    else:
        path.write_text(text_of(ties))
    first = ", ".join(str(row + (2 if kind == "csv" else 1)) for row in doubled[:5])
    with pytest.raises(ConfigError, match=f" {first} and {len(doubled) - 5} more"):
        built(sizes=(20, 20, 20), edges=str(path))


def test_unknown_ids_in_different_batches_are_named_and_counted(tmp_path, batches_of_a_few_lines):
    ties = without_doubled(long_list(60, 900)).astype(str)
    for row in (7, 100, 200, 300, 400, 500, 600):
        ties[row, 0] = "x"
    message = "unknown id as follower in line 9, 102, 202, 302, 402 and 2 more"
    with pytest.raises(ConfigError, match=message):
        built(sizes=(20, 20, 20), edges=write(tmp_path / "ties.csv", text_of(ties)))


def test_blank_lines_and_quotes_far_down_do_not_move_the_line_that_is_named(
    tmp_path, batches_of_a_few_lines
):
    people = 'id,kind\na,core\nb,customer\nc,public\n"d\n\ne",public\n'
    plain = "a,b\n\nb,c\r\nc,a\n\n"  # 5 lines
    quoted = '"d\n\ne",a\n\n"b",a\nc,b\n'  # 6 lines
    with pytest.raises(ConfigError, match="themselves in line 13, 15"):
        named(tmp_path, plain + quoted + "a,a\n\nb,b\n", people)


def test_whole_numbers_may_be_written_as_fractions(tmp_path):
    network = built(sizes=(2, 2, 2), edges=write(tmp_path / "a.csv", HEADER + "3.0,0\n1e0,0\n"))
    assert list(rows_of(network)[0]) == [1, 3]
    path = tmp_path / "ties.parquet"
    pq.write_table(pa.table({"follower": [3.0, None], "followed": [0.0, 1.0]}), path)
    with pytest.raises(ConfigError, match="unknown id as follower in row 2"):
        built(sizes=(2, 2, 2), edges=str(path))


# Ties, then what reading them adds to the most memory that the process ever had, in bytes.
MEASURE = """
import resource, sys
import numpy as np, pandas, pyarrow.csv, pyarrow.compute, pyarrow.parquet
from sim.settings.config import NetworkConfig
from sim.network.network import build_network
def build(edges, *sizes):
    return build_network(NetworkConfig(edges=edges), 1, *sizes, np.array([.1]))
def peak():
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
build(sys.argv[1], 2, 2, 2)
before = peak()
n_ties = build(sys.argv[2], 30_000, 30_000, 40_000).n_ties
print(n_ties, peak() - before)
"""


def bytes_a_tie(tmp_path, name, n_ties, fixed):
    """Memory that grows with a list, when `fixed` bytes are those of buffers."""
    ties = np.unique(long_list(100_000, n_ties) @ [1, 100_000])
    ties = np.random.default_rng(2).permutation(ties)
    table = pa.table({"follower": ties % 100_000, "followed": ties // 100_000})
    path, first = tmp_path / name, write(tmp_path / "first.csv", HEADER + "0,1\n")
    (pq.write_table if name.endswith("parquet") else pa_csv.write_csv)(table, path)
    words = [sys.executable, "-c", MEASURE, first, str(path)]
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=300)
    found, peak = map(int, done.stdout.split())
    assert found == ties.size + 10_000
    return (peak - fixed) / ties.size


def test_a_list_of_a_million_ties_is_read_in_bounded_memory(tmp_path):
    assert bytes_a_tie(tmp_path, "ties.csv", 1_000_000, 64e6) < 24


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["ties.csv", "ties.parquet"])
def test_a_long_list_takes_less_than_24_bytes_a_tie(tmp_path, name):
    assert bytes_a_tie(tmp_path, name, 8_000_000, 32e6) < 24


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_last_of_millions_of_lines_is_named(tmp_path):
    path = tmp_path / "ties.csv"
    ties = without_doubled(long_list(100_000, 4_000_000))
    pa_csv.write_csv(pa.table({"follower": ties[:, 0], "followed": ties[:, 1]}), path)
    last = len(ties) + 2
    for line, expected in (
        ("x,1", "unknown id as follower"),
        ("1,100000", "unknown id as followed"),
        ("7,7", "follows themselves"),
        (f"{ties[0, 0]},{ties[0, 1]}", "a tie stands twice"),
        ("1,2,3", "not as many cells as columns"),
    ):
        with path.open("r+") as file:
            end = file.seek(0, 2)
            file.write(line + "\n")
        with pytest.raises(ConfigError, match=rf"{expected} in line {last}[\n:]"):
            built(sizes=(30_000, 30_000, 40_000), edges=str(path))
        os.truncate(path, end)


def test_ties_that_are_read_have_no_communities_to_draw():
    with pytest.raises(ConfigError, match=r"network=default network\.edges=ties\.csv"):
        composed("network=communities", "network.edges=ties.csv")


def test_a_header_of_very_many_columns_is_refused_at_once(tmp_path):
    ties = tmp_path / "ties.csv"
    ties.write_text("follower," * 200_000 + "followed\n0,1\n")
    began = time.process_time()
    with pytest.raises(ConfigError, match="column follower stands twice"):
        network_of(composed(f"network.edges={ties}"))
    assert time.process_time() - began < 20  # comparing all with all takes minutes
