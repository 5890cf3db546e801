package tracker_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"derisk/tracker"
)

var update = flag.Bool("update", false, "write the golden files anew; read the difference")

// Each archive is a folder of files with, last, all that is wrong in them.
func TestFaults(t *testing.T) {
	archives, err := filepath.Glob("testdata/faults/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(filepath.Base(name), func(t *testing.T) { compareFaults(t, name) })
	}
}

func compareFaults(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	last := &archive.Files[len(archive.Files)-1]
	for _, f := range archive.Files[:len(archive.Files)-1] {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	got := faultsOf(fsys) + "\n"
	if *update {
		last.Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(last.Data); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func faultsOf(fsys fstest.MapFS) string {
	facts, _ := tracker.ReadFacts(fsys) // Reconcile tells its faults again
	_, err := tracker.Reconcile(nil, facts)
	if err == nil {
		return "none"
	}
	if _, ok := errors.AsType[tracker.Faults](err); !ok {
		return "without a place: " + err.Error()
	}
	return err.Error()
}
