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

// The facts shared beside the repository are the same, but for the tree of goods,
// which grows here: announcement 58 tells lithium iron phosphate from ternary
// precursors, and anodes from the machines that make them, so one tag for both
// would answer wrongly; and but for the words of notes, which are put here for
// those who read them in an answer.
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
	for _, m := range want.Measures {
		if m.ID == "cn-mofcom-2025-58" {
			m.Goods[2].Tags = []string{"lfp-cathode"}
			m.Goods[3].Tags = []string{"ternary-precursor", "lithium-rich-manganese-cathode"}
			m.Goods[5].Tags = []string{"battery-equipment"}
		}
	}
	sharedAs := tracker.WriteFacts(withoutNotes(want))
	delete(sharedAs, "goods.yaml")
	got.Goods = nil
	for name, data := range tracker.WriteFacts(withoutNotes(got)) {
		if !bytes.Equal(data, sharedAs[name]) {
			t.Errorf("%s differs from the shared one", name)
		}
	}
}

// withoutNotes keeps that a note is there, and in which languages.
func withoutNotes(f tracker.Facts) tracker.Facts {
	blank := func(t *tracker.Text) {
		if t.EN != "" {
			t.EN = "noted"
		}
		if t.ZH != "" {
			t.ZH = "已注"
		}
	}
	for _, m := range f.Measures {
		blank(&m.Note)
		for i := range m.Events {
			blank(&m.Events[i].Note)
		}
	}
	for i := range f.Commitments {
		blank(&f.Commitments[i].Note)
	}
	for i := range f.Entities {
		blank(&f.Entities[i].Note)
	}
	for i := range f.Indicators {
		blank(&f.Indicators[i].Note)
		for n := range f.Indicators[i].Observations {
			blank(&f.Indicators[i].Observations[n].Note)
		}
	}
	return f
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
		if len(f.Measures) != 49 || len(f.Goods) != 37 || len(f.Entities) != 27 || len(f.Calendars) != 1 {
			t.Errorf("read %d measures, %d goods, %d entities, %d calendars", len(f.Measures), len(f.Goods), len(f.Entities), len(f.Calendars))
		}
	}
}
