package bench

import (
	"database/sql"
	"fmt"
	"math"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"derisk/rules/rulestest"
)

// sqlite keeps the measures in a table with an index on every column that the
// conditions ask, and each list in a table of its own, indexed by value. Each
// condition is one prepared query.
func sqlite(t testing.TB, f facts) pass {
	db := sqlFill(t, f.rows)
	queries := make([]*sql.Stmt, len(f.rules))
	for i, rule := range f.rules {
		query, err := db.Prepare("SELECT n FROM measures WHERE " + sqlText(rule.When))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { query.Close() })
		queries[i] = query
	}
	return func() [][]int {
		held := make([][]int, len(queries))
		for i, query := range queries {
			held[i] = sqlNumbers(t, query)
		}
		return held
	}
}

func sqlNumbers(t testing.TB, query *sql.Stmt) (numbers []int) {
	rows, err := query.Query()
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return numbers
}

const sqlSchema = `
CREATE TABLE measures (n INTEGER PRIMARY KEY, kind TEXT, status TEXT, by TEXT, end_use TEXT, rate REAL,
	announced INTEGER, effective INTEGER, since INTEGER, until INTEGER, presumed INTEGER,
	against INTEGER, tags INTEGER, hs INTEGER, entities INTEGER) STRICT;
CREATE TABLE against (n INTEGER, value TEXT, PRIMARY KEY (value, n)) WITHOUT ROWID, STRICT;
CREATE TABLE tags (n INTEGER, value TEXT, PRIMARY KEY (value, n)) WITHOUT ROWID, STRICT;
CREATE TABLE hs (n INTEGER, value TEXT, PRIMARY KEY (value, n)) WITHOUT ROWID, STRICT;
CREATE TABLE entities (n INTEGER, value TEXT, PRIMARY KEY (value, n)) WITHOUT ROWID, STRICT;
`

// sqlIndexes are made once the tables are full.
const sqlIndexes = `
CREATE INDEX kind ON measures (kind);
CREATE INDEX status ON measures (status);
CREATE INDEX "by" ON measures (by);
CREATE INDEX end_use ON measures (end_use);
CREATE INDEX rate ON measures (rate);
CREATE INDEX announced ON measures (announced);
CREATE INDEX effective ON measures (effective);
CREATE INDEX since ON measures (since);
CREATE INDEX until ON measures (until);
CREATE INDEX presumed ON measures (presumed);
CREATE INDEX against_of ON against (n);
CREATE INDEX tags_of ON tags (n);
CREATE INDEX hs_of ON hs (n);
CREATE INDEX entities_of ON entities (n);
ANALYZE;
`

func sqlFill(t testing.TB, rows []rulestest.Row) *sql.DB {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1) // each connection would have a memory of its own
	if _, err := db.Exec(sqlSchema); err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for n, r := range rows {
		sqlInsert(t, tx, n, r)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(sqlIndexes); err != nil {
		t.Fatal(err)
	}
	return db
}

func sqlInsert(t testing.TB, tx *sql.Tx, n int, r rulestest.Row) {
	day := func(d int) sql.NullInt64 { return sql.NullInt64{Int64: int64(d), Valid: d != 0} }
	_, err := tx.Exec("INSERT INTO measures VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", n, r.Kind, r.Status, r.By, r.EndUse,
		sql.NullFloat64{Float64: r.Rate, Valid: !math.IsNaN(r.Rate)},
		day(r.Announced), day(r.Effective), day(r.Since), day(r.Until), r.Presumed,
		len(r.Against), len(r.Tags), len(r.HS), len(r.Entities))
	if err != nil {
		t.Fatal(err)
	}
	for table, list := range map[string][]string{"against": r.Against, "tags": r.Tags, "hs": r.HS, "entities": r.Entities} {
		for _, value := range list {
			if _, err := tx.Exec("INSERT OR IGNORE INTO "+table+" VALUES (?,?)", n, value); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// sqlText writes a condition in SQL. What is missing is NULL there, and so is
// what compares it: IS NOT TRUE takes that for false, NOT would not.
func sqlText(c rulestest.Condition) string {
	switch c := c.(type) {
	case rulestest.And:
		return "(" + joined(c, " AND ", sqlText) + ")"
	case rulestest.Or:
		return "(" + joined(c, " OR ", sqlText) + ")"
	case rulestest.Not:
		return "(" + sqlText(c.Part) + ") IS NOT TRUE"
	case rulestest.Text:
		return sqlTest(c.Field, c.Test)
	case rulestest.Some:
		return fmt.Sprintf("n IN (SELECT n FROM %s WHERE %s)", c.List, sqlTest("value", c.Test))
	case rulestest.Every:
		return fmt.Sprintf("NOT EXISTS (SELECT 1 FROM %s l WHERE l.n = measures.n AND NOT (%s))", c.List, sqlTest("value", c.Test))
	case rulestest.Has:
		return fmt.Sprintf("n IN (SELECT n FROM %s WHERE value = %s)", c.List, sqlQuote(c.Value))
	case rulestest.Figure:
		return fmt.Sprintf("%s %s %v", c.Field, c.Op, c.Value)
	case rulestest.Length:
		return fmt.Sprintf("%s %s %d", c.List, c.Op, c.Value)
	case rulestest.DaysUntil:
		return fmt.Sprintf("%s BETWEEN %d AND %d", c.Field, rulestest.Today+c.From, rulestest.Today+c.To)
	case rulestest.DaysSince:
		return fmt.Sprintf("%s BETWEEN %d AND %d", c.Field, rulestest.Today-c.To, rulestest.Today-c.From)
	case rulestest.Dated:
		return fmt.Sprintf("%s %s %d", c.Field, c.Op, c.Day)
	case rulestest.True:
		return c.Field
	}
	panic(fmt.Sprintf("no SQL for %T", c))
}

func sqlTest(what string, test rulestest.Test) string {
	switch test.Op {
	case "==":
		return what + " = " + sqlQuote(test.Values[0])
	case "startsWith":
		return what + " GLOB " + sqlQuote(test.Values[0]+"*") // GLOB can use the index, LIKE cannot
	case "contains":
		return fmt.Sprintf("instr(%s, %s) > 0", what, sqlQuote(test.Values[0]))
	}
	list := make([]string, len(test.Values))
	for i, v := range test.Values {
		list[i] = sqlQuote(v)
	}
	return what + " IN (" + strings.Join(list, ", ") + ")"
}

func sqlQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
