package db

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"derisk/tracker"
)

// stamp is an instant as a column holds it: nanoseconds since the Unix epoch,
// NULL for the zero time.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixNano()
}

// instant reads what stamp wrote, in UTC.
type instant struct{ to *time.Time }

func (i instant) Scan(column any) error {
	switch v := column.(type) {
	case nil:
		*i.to = time.Time{}
	case int64:
		*i.to = time.Unix(0, v).UTC()
	default:
		return fmt.Errorf("%T is not an instant", column)
	}
	return nil
}

// encoded is a value as the JSON that a body holds.
func encoded(v any) (string, error) {
	text, err := json.Marshal(v)
	return string(text), err
}

// body reads the JSON of a body into what it points to.
type body struct{ to any }

func (b body) Scan(column any) error {
	text, ok := column.(string)
	if !ok {
		return fmt.Errorf("%T is not a body", column)
	}
	return json.Unmarshal([]byte(text), b.to)
}

// collect reads every row by scan.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows, *T) error) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var one T
		if err := scan(rows, &one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// date reads a date as it was written; an empty column is no date.
type date struct{ to *tracker.Date }

func (d date) Scan(column any) error {
	text, ok := column.(string)
	if !ok {
		return fmt.Errorf("%T is not a date", column)
	}
	return d.to.UnmarshalText([]byte(text))
}
