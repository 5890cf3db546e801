package db

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"derisk/tracker"
)

// noon is when the tests take place.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// openAt opens the database at path, and closes it when the test is done.
func openAt(t testing.TB, path string) *DB {
	t.Helper()
	d, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// fresh is a new database.
func fresh(t testing.TB) *DB {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "derisk.db"))
}

// starter is a database with the starter facts.
func starter(t testing.TB) (*DB, tracker.Facts) {
	t.Helper()
	files, err := tracker.ReadFacts(os.DirFS("../measures.d"))
	if err != nil {
		t.Fatal(err)
	}
	d := fresh(t)
	if _, err := d.Import(t.Context(), files, "local", noon); err != nil {
		t.Fatal(err)
	}
	return d, files
}

func TestStarterFactsComeBackAsTheyWereRead(t *testing.T) {
	d, files := starter(t)
	s, err := d.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Measures) != len(files.Measures) {
		t.Fatalf("%d measures of %d", len(s.Measures), len(files.Measures))
	}
	for _, want := range files.Measures {
		got, err := s.Measure(want.ID)
		if err != nil {
			t.Error(err)
			continue
		}
		if a, b := string(tracker.WriteMeasure(got)), string(tracker.WriteMeasure(want)); a != b {
			t.Errorf("%s is exported as\n%s\nbut was\n%s", want.ID, a, b)
		}
	}
	again, err := d.Import(t.Context(), files, "local", noon.Add(time.Hour))
	if err != nil || !again.Empty() {
		t.Errorf("importing again changes %+v, %v", again, err)
	}
}
