package main

import (
	"go/build"
	"os"
	"slices"
	"strings"
	"testing"
)

// tracker computes only: what would give it a clock, a context, files or a network stays out.
var keptOutOfTracker = []string{"context", "database/sql", "log", "log/slog", "math/rand", "math/rand/v2", "net", "net/http", "os", "os/exec"}

func TestOnlyMainJoinsPackages(t *testing.T) {
	for _, pkg := range packages(t) {
		for _, path := range importsOf(t, pkg) {
			if forbidden(pkg, path) {
				t.Errorf("%s imports %s: only main joins packages", pkg, path)
			}
		}
	}
}

func TestTrackerComputesOnly(t *testing.T) {
	p, err := build.ImportDir("tracker", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range p.Imports {
		if slices.Contains(keptOutOfTracker, path) {
			t.Errorf("tracker imports %s: it takes values and gives values", path)
		}
	}
	for _, name := range p.GoFiles {
		text, err := os.ReadFile("tracker/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "time.Now") {
			t.Errorf("tracker/%s reads the clock: instants are arguments", name)
		}
	}
}

// TestIndexKnowsNoMeasures: rules declares the columns, the index is about rows of any sort.
func TestIndexKnowsNoMeasures(t *testing.T) {
	for _, path := range importsOf(t, "rules/index") {
		if strings.HasPrefix(path, "derisk/") {
			t.Errorf("rules/index imports %s: it knows nothing of what its rows are", path)
		}
	}
}

// TestForbidden tests the test.
func TestForbidden(t *testing.T) {
	for _, c := range []struct {
		pkg, path string
		want      bool
	}{
		{"bot", "derisk/db", true},
		{"rules", "derisk/feed", true},
		{"bot", "derisk/tracker", false},
		{"bot", "derisk/bot/discordtest", false},
		{"tracker", "derisk/bot", true},
		{"tracker", "derisk/tracker", false},
		{"db", "database/sql", false},
		{"db", "derisk/tracker", false},
	} {
		if got := forbidden(c.pkg, c.path); got != c.want {
			t.Errorf("forbidden(%q, %q) = %v", c.pkg, c.path, got)
		}
	}
}

func forbidden(pkg, path string) bool {
	own := "derisk/" + pkg // a test from outside the package imports it
	if !strings.HasPrefix(path, "derisk/") || path == own || strings.HasPrefix(path, own+"/") {
		return false
	}
	return pkg == "tracker" || path != "derisk/tracker"
}

// packages are the folders at the top that hold Go files; one that is a module of its own, as bench is, stands outside.
func packages(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if _, err := os.Stat(e.Name() + "/go.mod"); err == nil {
			continue
		}
		if _, err := build.ImportDir(e.Name(), 0); e.IsDir() && err == nil {
			names = append(names, e.Name())
		}
	}
	if !slices.Contains(names, "tracker") {
		t.Fatalf("no package tracker among %q: this test runs beside main.go", names)
	}
	return names
}

func importsOf(t *testing.T, pkg string) []string {
	t.Helper()
	p, err := build.ImportDir(pkg, 0)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(p.Imports, p.TestImports, p.XTestImports)
}
