"""The stateless form: tables in, JSON out, one clear line for bad ones."""

import datetime as dt
import json

import pytest

from sayso.cli.shifts import shifts_of_table
from sayso.errors import SaysoError, UsageError
from sayso.track import segment_arrays
from sayso.track.dates import parse_date


@pytest.fixture
def table(tmp_path):
    def write(text, name="in.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return str(path)

    return write


def rows(sep=","):
    lines = [sep.join(("day", "code", "doc", "p"))]
    for i in range(60):
        day = dt.date(2020, 1, 1) + dt.timedelta(days=5 * i)
        for j in range(3):
            code = "hawkish" if (i < 30) != (j == 0 and i % 4 == 0) else "dovish"
            lines.append(sep.join((day.isoformat(), code, f"d{i}", "0.9")))
    return "\n".join(lines) + "\n"


def run(path, **options):
    return json.loads(shifts_of_table(path, **{"date": "day", "label": "code", "format": "json", **options}))


@pytest.mark.parametrize("name,sep", [("in.csv", ","), ("in.tsv", "\t")])
def test_the_contract(table, name, sep):
    result = run(table(rows(sep), name), item="doc", scale="hawkish=1,dovish=-1")
    assert len(result["periods"]) == 2 and len(result["shifts"]) == 1
    period = result["periods"][0]
    assert set(period) >= {"start", "end", "statements", "items", "codes", "mean"}
    assert period["items"] == 30 and period["statements"] == 90
    assert period["mean"] == pytest.approx(period["codes"]["hawkish"] - period["codes"]["dovish"])
    shift = result["shifts"][0]
    assert set(shift) == {"date", "interval", "probability", "before", "after"}
    assert shift["interval"][0] <= shift["date"] <= shift["interval"][1]
    assert abs(dt.date.fromisoformat(shift["date"]) - dt.date(2020, 5, 30)).days <= 10


def test_probabilities_soften_the_shares(table):
    hard, soft = run(table(rows())), run(table(rows()), probability="p")
    assert hard["periods"][0]["codes"]["hawkish"] > soft["periods"][0]["codes"]["hawkish"] > 0.6


def test_a_table_for_people(table):
    text = shifts_of_table(table(rows()), date="day", label="code")
    assert "period 1" in text and "~ shift" in text and "probability" in text and "→" in text


def test_several_granularities_in_one_column(table):
    text = "day,code\n2017,a\n2017-07,b\n2017-W30,a\n2017-08-02,b\n"
    result = run(table(text))
    assert result["periods"][0]["start"] == "2017-01-01" and result["periods"][0]["end"] == "2017-12-31"


def test_a_byte_order_mark_is_no_part_of_the_first_column(table):
    assert run(table(rows(), encoding="utf-8-sig"))["periods"]


@pytest.mark.parametrize(
    "text,message",
    [
        ("", "empty"),
        ("day,code\n", "no rows"),
        ("date,code\n2020-01-01,a\n", "no column 'day'"),
        ("day\tcode\n2020-01-01\ta\n", "tab-separated"),
        ("day,code\n2020-01-01,a\nyesterday,b\n", "line 3: 'yesterday' is not a date"),
        ("day,code\n03/04/2020,a\n", "may be day-month or month-day"),
        ("day,code\n2020-02-31,a\n", "line 2"),
        ("day,code\n2020-01-01\n", "line 2: 1 cells"),
        ("day,code\n2020-01-01,\nnan,b\n", "no row has both"),
    ],
)
def test_bad_tables_get_one_clear_line(table, text, message):
    with pytest.raises(SaysoError) as error:
        run(table(text))
    assert message in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("value", ["nan", "", "1.2", "-0.1", "high"])
def test_bad_probabilities_name_their_line(table, value):
    with pytest.raises(SaysoError, match="line 3"):
        run(table(f"day,code,p\n2020-01-01,a,0.5\n2020-01-02,b,{value}\n"), probability="p")


def test_rows_without_a_code_are_left_out_and_named(table, capsys):
    result = run(table("day,code\n2020-01-01,a\n2020-01-02,NaN\n2020-01-03,b\n,b\n"))
    assert result["statements"] == 2
    said = capsys.readouterr().err
    assert "line 3" in said and "line 5" in said


def test_one_row_says_too_little(table, capsys):
    result = run(table("day,code\n2020-01-01,a\n"))
    assert result["shifts"] == [] and len(result["periods"]) == 1
    assert "1 statement in 1 item" in capsys.readouterr().err


@pytest.mark.parametrize("scale", ["hawkish", "hawkish=x", "=1", "hawkish=nan", "hawkish=1,"])
def test_bad_scales(table, scale):
    with pytest.raises(UsageError, match="--scale"):
        run(table(rows()), scale=scale)


def test_missing_files_and_unknown_formats(table):
    with pytest.raises(UsageError, match="no such file"):
        run("nowhere.csv")
    with pytest.raises(UsageError, match="--format"):
        run(table(rows()), format="xml")


def test_too_many_codes_are_no_codes(table):
    text = "day,code\n" + "".join(f"2020-01-01,sentence {i}\n" for i in range(100))
    with pytest.raises(UsageError, match="100 different codes"):
        run(table(text))


def test_arrays():
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=i) for i in range(80)]
    line = segment_arrays(days, ["a"] * 40 + ["b"] * 40)
    assert [shift.date for shift in line.shifts] == [days[40]]
    with pytest.raises(UsageError, match="different lengths"):
        segment_arrays(days, ["a"])


@pytest.mark.parametrize(
    "text,first,last",
    [
        ("2017-07-10", "2017-07-10", "2017-07-10"),
        ("2017-07-10T23:59:00Z", "2017-07-10", "2017-07-10"),
        ("20170710", "2017-07-10", "2017-07-10"),
        ("2017-07", "2017-07-01", "2017-07-31"),
        ("2017-W28", "2017-07-10", "2017-07-16"),
        ("2017-Q3", "2017-07-01", "2017-09-30"),
        ("2017-WI", "2017-12-01", "2018-02-28"),
        ("2017", "2017-01-01", "2017-12-31"),
        ("10 July 2017", "2017-07-10", "2017-07-10"),
        ("July 10, 2017", "2017-07-10", "2017-07-10"),
        ("Sept 2017", "2017-09-01", "2017-09-30"),
        ("2017-07-01/2017-07-14", "2017-07-01", "2017-07-14"),
    ],
)
def test_dates_are_intervals(text, first, last):
    assert parse_date(text) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))
