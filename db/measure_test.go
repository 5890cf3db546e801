package db

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

const battery = "cn-mofcom-2025-58" // suspended to 10 November 2026

// resumed is an event that can follow what is recorded of the battery measure.
func resumed(id string) tracker.Event {
	return tracker.Event{ID: id, What: tracker.Resumed, On: tracker.MustDate("2026-11-11"), Published: tracker.MustDate("2026-11-01"), Evidence: tracker.Official}
}

func snapshot(t testing.TB, d *DB) *tracker.Snapshot {
	t.Helper()
	s, err := d.Snapshot(t.Context())
	must(t, err)
	return s
}

func batteryOf(t testing.TB, d *DB) *tracker.Measure {
	t.Helper()
	m, err := snapshot(t, d).Measure(battery)
	must(t, err)
	return m
}

func TestStarterFactsComeBackAsTheyWereRead(t *testing.T) {
	d, files := starter(t)
	s := snapshot(t, d)
	if len(s.Measures) != len(files.Measures) || len(s.Goods) != len(files.Goods) || len(s.Entities) != len(files.Entities) ||
		len(s.Commitments) != len(files.Commitments) || len(s.Indicators) != len(files.Indicators) || len(s.Calendars) != len(files.Calendars) {
		t.Fatal("something is missing")
	}
	for _, want := range files.Measures {
		got, err := s.Measure(want.ID)
		must(t, err)
		if a, b := string(tracker.WriteMeasure(got)), string(tracker.WriteMeasure(want)); a != b {
			t.Errorf("%s is exported as\n%s\nbut was\n%s", want.ID, a, b)
		}
		for _, e := range got.Events {
			if !e.Recorded.Equal(noon) || e.RecordedBy != "" {
				t.Errorf("%s is recorded at %s by %q", e.ID, e.Recorded, e.RecordedBy)
			}
		}
	}
	again, err := d.Import(t.Context(), files, "local", noon.Add(time.Hour))
	if err != nil || !again.Empty() {
		t.Errorf("importing again changes %+v, %v", again, err)
	}
	if log, err := d.Audit(t.Context(), tracker.AuditQuery{Owner: "*"}); len(log) != 1 || log[0].By != "local" || log[0].Did != "import" {
		t.Errorf("the audit log holds %+v, %v", log, err)
	}
}

func TestRecord(t *testing.T) {
	d, files := starter(t)
	before := snapshot(t, d)
	had := len(batteryOf(t, d).Events)
	must(t, d.Record(t.Context(), battery, resumed("back"), "user:7", noon.Add(time.Minute)))
	m := batteryOf(t, d)
	last := m.Events[len(m.Events)-1]
	if len(m.Events) != had+1 || last.ID != "back" || last.RecordedBy != "user:7" || !last.Recorded.Equal(noon.Add(time.Minute)) {
		t.Errorf("recorded as %+v", last)
	}
	if m, _ := before.Measure(battery); len(m.Events) != had {
		t.Error("a snapshot that was handed out has changed")
	}
	if log, err := d.Audit(t.Context(), tracker.AuditQuery{Owner: "guild:3", Limit: 1}); len(log) != 1 || log[0] != (tracker.Entry{At: noon.Add(time.Minute), By: "user:7", Did: "record", Subject: "back", Detail: "resumed"}) {
		t.Errorf("the audit log holds %+v, %v", log, err)
	}
	again, err := d.Import(t.Context(), files, "local", noon.Add(time.Hour))
	if err != nil || !again.Empty() {
		t.Errorf("importing after it changes %+v, %v", again, err)
	}
}

func TestRecordRefuses(t *testing.T) {
	d, _ := starter(t)
	effective := batteryOf(t, d).Events[0]
	for _, c := range []struct {
		name, measure string
		event         tracker.Event
		is            error
		words         []string
	}{
		{"an unknown measure", "cn-mofcom-2025-85", resumed("a"), tracker.ErrNotFound, []string{"did you mean"}},
		{"an id that is taken", battery, resumed(effective.ID), ErrExists, []string{effective.ID, "corrected"}},
		{"another measure's event", "cn-mofcom-2025-18", resumed(effective.ID), ErrExists, []string{battery}},
		{"what cannot follow", "cn-mofcom-2025-18", resumed("a"), nil, []string{"nothing is suspended"}},
		{"no id", battery, resumed(""), nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := snapshot(t, d)
			refused(t, d.Record(t.Context(), c.measure, c.event, "local", noon), c.is, c.words...)
			if snapshot(t, d) != before {
				t.Error("something was stored")
			}
		})
	}
}

// TestImportIsAllOrNothing imports a good measure and one whose event is recorded of another.
func TestImportIsAllOrNothing(t *testing.T) {
	d, _ := starter(t)
	before := snapshot(t, d)
	good, bad := *batteryOf(t, d), *batteryOf(t, d)
	good.ID, good.Events = "a-good-one", []tracker.Event{resumed("a-good-event")}
	good.Events[0].What = tracker.Announced
	bad.ID = "b-bad-one"
	_, err := d.Import(t.Context(), tracker.Facts{Measures: []*tracker.Measure{&good, &bad}}, "local", noon)
	refused(t, err, nil, battery)
	if snapshot(t, d) != before {
		t.Error("something was stored")
	}
	var n int
	must(t, d.reader.QueryRow(`SELECT count(*) FROM facts WHERE id IN ('a-good-one', 'b-bad-one')`).Scan(&n))
	if n > 0 {
		t.Errorf("%d facts were stored", n)
	}
}

// TestWhatMakesNoSnapshotIsNotStored: whatever else lets it pass, a database that could not be read is never committed.
func TestWhatMakesNoSnapshotIsNotStored(t *testing.T) {
	d, _ := starter(t)
	m := *batteryOf(t, d)
	m.Zone, m.Events = "Mars/Olympus", nil
	had := len(batteryOf(t, d).Events)
	err := d.change(t.Context(), func(tx *sql.Tx, _ *tracker.Snapshot) (bool, error) {
		r := recording{batch: newBatch(t.Context(), tx), at: noon}
		return true, errors.Join(r.event("cn-mofcom-2025-55", resumed("a")), r.event(battery, resumed("b")), r.fact("measure", m.ID, &m))
	})
	refused(t, err, nil, "Mars/Olympus")
	must(t, d.Record(t.Context(), battery, resumed("c"), "local", noon))
	if n := len(batteryOf(t, d).Events); n != had+1 {
		t.Errorf("%d events are known, want %d and the one recorded since", n, had)
	}
	other, err := snapshot(t, d).Measure("cn-mofcom-2025-55")
	must(t, err)
	if last := other.Events[len(other.Events)-1]; last.ID == "a" {
		t.Error("an event is known that was never stored")
	}
	if zone := batteryOf(t, d).Zone; zone != "Asia/Shanghai" {
		t.Errorf("the zone is now %s", zone)
	}
}

func TestAnotherProcessIsSeen(t *testing.T) {
	d, _ := starter(t)
	other := openAt(t, d.Path())
	if s := snapshot(t, d); s != snapshot(t, d) {
		t.Error("a snapshot is read again although nothing changed")
	}
	snapshot(t, other)
	end := resumed("the-end")
	end.What, end.Reason = tracker.Ended, tracker.Revoked
	must(t, d.Record(t.Context(), battery, end, "local", noon))
	again := end
	again.ID = "another-end"
	refused(t, other.Record(t.Context(), battery, again, "local", noon), nil, "the-end has ended it already")
	if m := batteryOf(t, other); m.Events[len(m.Events)-1].ID != "the-end" {
		t.Error("another process's event is not seen")
	}
}

func TestFactsAreOnlyEverAdded(t *testing.T) {
	d, _ := starter(t)
	must(t, d.Commit(t.Context(), outcome("r", noon, 1), noon))
	for _, statement := range []string{
		`UPDATE events SET body = '{}'`, `DELETE FROM events`,
		`UPDATE facts SET body = '{}'`, `DELETE FROM facts`,
		`UPDATE firings SET body = '{}'`, `DELETE FROM firings`,
		`INSERT INTO events (id, measure, recorded, recorded_by, body) VALUES ('x', 'nothing', 1, '', '{}')`,
		`INSERT INTO events (id, measure, recorded, recorded_by, body) VALUES ('x', '` + battery + `', 1, '', 'no JSON')`,
	} {
		if _, err := d.writer.Exec(statement); err == nil {
			t.Errorf("%s is accepted", statement)
		}
	}
}

func TestArticles(t *testing.T) {
	d, _ := starter(t)
	a := tracker.Article{ID: "a1", Title: "Truce extended", At: noon, Mentions: []tracker.Mention{{Measure: battery, Words: []string{"truce"}}}}
	b := tracker.Article{ID: "a2", Title: strings.Repeat("稀土", 1000), At: noon}
	for i, want := range []int{2, 0} {
		if n, err := d.AddArticles(t.Context(), []tracker.Article{a, b, a}, "local", noon); n != want || err != nil {
			t.Errorf("time %d adds %d, %v", i, n, err)
		}
	}
	got := snapshot(t, d).Articles
	if len(got) != 2 || got[0].Mentions[0].Measure != battery || got[1].Title != b.Title {
		t.Errorf("they come back as %+v", got)
	}
}
