package tracker_test

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"derisk/tracker"
)

const mib = 1 << 20

// What nobody writes by hand is refused, with a fault, in bounded time.
func TestHostileFiles(t *testing.T) {
	laughs := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'z'; c++ {
		laughs += fmt.Sprintf("%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for _, c := range []struct{ name, data, fault string }{
		{"50,000 opening brackets", strings.Repeat("[", 50_000), "exceeded max depth of 50"},
		{"deep blocks", strings.Repeat("- ", 500_000), "exceeded max depth of 50"},
		{"deep keys", strings.Repeat("? ", 500_000), "exceeded max depth of 50"},
		{"deep but closed", strings.Repeat("[", 60) + strings.Repeat("]", 60), "exceeded max depth of 50"},
		{"billion laughs", laughs, "write values out"},
		{"over 1 MiB", "id: " + strings.Repeat("m", mib), "larger than 1 MiB"},
		{"a long list", "[" + strings.Repeat("a,", mib/2-2) + "]", "not as a list"},
		{"a long list of words", "against: [" + strings.Repeat("a,", mib/2-20) + "]", "more than 10000"},
		{"many unknown keys", strings.Repeat("a: b\n", mib/5-10), "further faults in this file"},
		{"one long key", strings.Repeat("k", 900_000) + ": a", `a measure has no "kkkk`},
		{"one long word", "kind: " + strings.Repeat("tariff", 100_000), `kind: "tarifftariff`},
		{"many documents", strings.Repeat("---\n", mib/4-10), "a second document"},
		{"not UTF-8", "id: \xff", "not UTF-8"},
		{"UTF-16", "\xff\xfei\x00d\x00", "not UTF-8"},
		{"a NUL", "id: a\x00", "NUL"},
		{"a bell", "id: a\a", "control characters are not allowed"},
		{"an escaped control character", `title: {en: "a\u0007"}`, "control character"},
		{"unended quote", strings.Repeat("'", 900_001), "unexpected end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			_, err := tracker.ReadMeasure("m.yaml", []byte(c.data))
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("got %.300v, want a fault with %q", err, c.fault)
			}
			if err != nil && len(err.Error()) > 60_000 {
				t.Errorf("the faults take %d bytes", len(err.Error()))
			}
		})
	}
}

// What editors of other systems add is taken as it is meant.
func TestByteOrderMarkAndCRLF(t *testing.T) {
	want, err := os.ReadFile("../measures.d/cn-mofcom-2025-58.yaml")
	if err != nil {
		t.Fatal(err)
	}
	data := "\ufeff" + strings.ReplaceAll(string(want), "\n", "\r\n")
	m, err := tracker.ReadMeasure("m.yaml", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	if got := tracker.WriteMeasure(m); string(got) != string(want) {
		t.Errorf("read as\n%s", got)
	}
}

func TestFolderBounds(t *testing.T) {
	many := fstest.MapFS{}
	for i := range 20_001 {
		many[fmt.Sprintf("%05d.yaml", i)] = &fstest.MapFile{Data: []byte("a")}
	}
	_, err := tracker.ReadFacts(many)
	if err == nil || !strings.Contains(err.Error(), "20000.yaml: the folder holds more than 20000 files") {
		t.Errorf("got %.200v", err)
	}
	odd := fstest.MapFS{
		"pipe.yaml":          &fstest.MapFile{Mode: fs.ModeNamedPipe},
		"folder.yaml/m.yaml": &fstest.MapFile{Data: []byte("a")},
	}
	_, err = tracker.ReadFacts(odd)
	const want = "folder.yaml: cannot be read: not a regular file\npipe.yaml: cannot be read: not a regular file"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want\n%s", err, want)
	}
}
