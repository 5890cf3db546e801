package tracker_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"testing"
	"testing/fstest"

	"derisk/tracker"
)

func starter(t *testing.T) tracker.Facts {
	t.Helper()
	f, err := tracker.ReadFacts(os.DirFS("../measures.d"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The repository's own files are in the form that export writes, to the byte.
func TestStarterFactsAreWrittenAsTheyStand(t *testing.T) {
	files := tracker.WriteFacts(starter(t))
	for name, got := range files {
		want, err := os.ReadFile(path.Join("../measures.d", name))
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not in the form that export writes", name)
		}
	}
	kept, err := fs.Glob(os.DirFS("../measures.d"), "*.yaml")
	if err != nil || len(kept)+1 != len(files) { // and one calendar
		t.Errorf("export writes %d files, the folder holds %d: %v", len(files), len(kept), err)
	}
}

// The facts shared beside the repository are the same; only the
// words by which goods are known may grow here.
func TestStarterFactsAreTheSharedOnes(t *testing.T) {
	const shared = "../../shared/data"
	if _, err := os.Stat(shared); err != nil {
		t.Skip("needs ../shared/data")
	}
	want, err := tracker.ReadFacts(os.DirFS(shared))
	if err != nil {
		t.Fatal(err)
	}
	got := starter(t)
	if len(got.Goods) != len(want.Goods) {
		t.Fatalf("%d goods, %d are shared", len(got.Goods), len(want.Goods))
	}
	for i := range got.Goods {
		got.Goods[i].Also, want.Goods[i].Also = nil, nil
	}
	sharedAs := tracker.WriteFacts(want)
	for name, data := range tracker.WriteFacts(got) {
		if !bytes.Equal(data, sharedAs[name]) {
			t.Errorf("%s differs from the shared one", name)
		}
	}
}

func TestReadFactsOfBothLayouts(t *testing.T) {
	flat, nested := fstest.MapFS{}, fstest.MapFS{}
	for name, data := range tracker.WriteFacts(starter(t)) {
		flat[name] = &fstest.MapFile{Data: data}
		nested["measures.d/"+name] = &fstest.MapFile{Data: data}
	}
	for _, fsys := range []fstest.MapFS{flat, nested} {
		fsys["NOTES.md"] = &fstest.MapFile{Data: []byte("no facts")}
		fsys[".hidden.yaml"] = &fstest.MapFile{Data: []byte("no facts")}
		fsys["rules.d/rule.yaml"] = &fstest.MapFile{Data: []byte("no facts")}
		f, err := tracker.ReadFacts(fsys)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Measures) != 49 || len(f.Goods) != 34 || len(f.Entities) != 27 || len(f.Calendars) != 1 {
			t.Errorf("read %d measures, %d goods, %d entities, %d calendars", len(f.Measures), len(f.Goods), len(f.Entities), len(f.Calendars))
		}
	}
}
