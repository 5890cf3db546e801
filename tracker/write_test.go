package tracker_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"derisk/tracker"
)

func TestMeasureIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyMeasure("cn-mofcom-2025-58").Draw(t, "measure")
		written := tracker.WriteMeasure(m)
		read, err := tracker.ReadMeasure("m.yaml", written)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if !reflect.DeepEqual(read, m) {
			t.Fatalf("read\n%+v\nof\n%+v\nwritten as\n%s", read, m, written)
		}
		if again := tracker.WriteMeasure(read); !bytes.Equal(again, written) {
			t.Fatalf("written again as\n%s\nafter\n%s", again, written)
		}
	})
}

// Whatever is read without faults is written and read as the same measure;
// nothing at all makes the reader panic.
func FuzzReadMeasure(f *testing.F) {
	files, err := filepath.Glob("../measures.d/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("id: [m"))
	f.Add([]byte("\ufeffid: m\r\ntitle: {en: \"\\u2028\"}\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := tracker.ReadMeasure("m.yaml", data)
		if err != nil {
			return
		}
		written := tracker.WriteMeasure(m)
		again, err := tracker.ReadMeasure("m.yaml", written)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if !bytes.Equal(tracker.WriteMeasure(again), written) || !reflect.DeepEqual(m, again) {
			t.Fatalf("read %+v\nthen %+v\nby way of\n%s", m, again, written)
		}
	})
}
