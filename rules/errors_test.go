package rules

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files; read the diff")

// TestErrors shows every error as it is printed. Each archive in
// testdata/errors is a family: rule files, each followed by what is said of it.
func TestErrors(t *testing.T) {
	archives, err := filepath.Glob("testdata/errors/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	told := 0
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i+1 < len(archive.Files); i += 2 {
				rule, want := archive.Files[i], &archive.Files[i+1]
				if rule.Name != want.Name+".yaml" {
					t.Fatalf("%s is followed by %s", rule.Name, want.Name)
				}
				got := errorsOf(rule.Name, rule.Data)
				told += strings.Count(got, rule.Name+":")
				if *update {
					want.Data = []byte(got)
				} else if got != string(want.Data) {
					t.Errorf("%s\n--- got\n%s--- want\n%s", rule.Name, got, want.Data)
				}
			}
			if *update {
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	if told < 100 {
		t.Errorf("only %d errors are shown", told)
	}
}

func errorsOf(file string, data []byte) string {
	_, faults := Parse(file, data)
	var b strings.Builder
	for _, f := range faults {
		b.WriteString(f.Error() + "\n")
	}
	return b.String()
}
