package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

const resumedEvent = `
measure: cn-mofcom-2025-58
id: cn-mofcom-2025-58.resumed
what: resumed
on: 2026-11-12
published: 2026-11-12
evidence: official
`

// TestLockedDatabase has another program hold the database while an event is
// to be recorded, and then let go.
func TestLockedDatabase(t *testing.T) {
	i := newInstall(t)
	i.lines("measures", "--json")
	if err := os.WriteFile(filepath.Join(i.dir, "event.yaml"), []byte(resumedEvent), 0o644); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", filepath.Join(i.dir, "derisk.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	cmd := i.command("record", "event.yaml")
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("exit %d", cmd.ProcessState.ExitCode())
	}
	if lines := strings.Count(string(out), "\n"); lines != 1 || !strings.Contains(string(out), "another program holds the database") {
		t.Errorf("told %d lines: %s", lines, out)
	}

	if _, err := other.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	i.lines("record", "event.yaml", "--json")
	if m := i.lines("measure", "cn-mofcom-2025-58", "--on", "2026-11-12", "--json"); m[0]["presumed"] != false {
		t.Errorf("recorded once free, but %v", m[0])
	}
}
