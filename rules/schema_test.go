package rules

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := Schema("en")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler() // compiling checks it against the draft's own schema
	if err := c.AddResource("rule.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("rule.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asEditor reads YAML as the language server of editors does: by YAML 1.2, in
// which a date is a text.
func asEditor(t *testing.T, data []byte) any {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		t.Fatal(err)
	}
	return plainNode(doc.Content[0])
}

func plainNode(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plainNode(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, entry := range n.Content {
			list = append(list, plainNode(entry))
		}
		return list
	}
	switch n.Tag {
	case "!!bool":
		return n.Value == "true"
	case "!!int", "!!float":
		f, _ := strconv.ParseFloat(n.Value, 64)
		return f
	case "!!null":
		return nil
	}
	return n.Value
}

func TestSchemaAdmitsEveryStarterRule(t *testing.T) {
	s := compiledSchema(t)
	folder := os.DirFS("../rules.d")
	files, err := fs.Glob(folder, "*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := fs.ReadFile(folder, file)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(asEditor(t, data)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// The schema sees what is wrong with the shape of a file. What it cannot see,
// expressions and what depends on other keys, it lets through.
func TestSchemaSeesWrongShapes(t *testing.T) {
	tests := []struct {
		name, lines string
		admitted    bool
	}{
		{"good", "labels: {topic: x}", true},
		{"one expression as key", "once: measure.since", true},
		{"measure written out", "tests: [{name: a, at: 2026-10-11T09:00:00+08:00, fires: [], given: [{id: x, title: {en: x}, kind: tariff, by: US, zone: UTC, events: []}]}]", true},
		{"review", "tests: [{name: a, at: 2026-10-11T09:00:00+08:00, fires: [], given: [{review: {id: r, measure: m, accepted: 2026-10-09, stops: [{on: 2026-10-10}]}}]}]", true},
		{"posts and later steps", "tests: [{name: a, at: 2026-10-11T09:00:00+08:00, fires: [], given: [m], posts: [{filter: \"by:US\", at: never, because: filter}], then: [{at: 2026-10-12T09:00:00+08:00, fires: []}]}]", true},
		{"unknown cause of a post", "tests: [{name: a, at: 2026-10-11T09:00:00+08:00, fires: [], given: [m], posts: [{at: never, because: fate}]}]", false},
		{"unknown field", "when: measure.statu == \"suspended\"", true},
		{"never due", `schedule: "0 9 31 2 *"`, true},
		{"repeat with once", "once: [measure.since]\nrepeat: 7d", true},
		{"unknown key", "wen: x", false},
		{"unknown severity", "severity: warnin", false},
		{"unknown each", "each: mesure", false},
		{"no repeat", "repeat: often", false},
		{"no truth", "draft: maybe", false},
		{"empty key", "once: []", false},
		{"nothing said", `when: ""`, false},
		{"a list of messages", "say: [x]", false},
		{"unknown language", "say: {en: x, zh: x, fr: x}", false},
		{"unknown key of a test", "tests: [{name: a, at: b, given: [], fire: []}]", false},
		{"a test without facts", "tests: [{name: a, at: b, fires: []}]", false},
		{"unknown key of a review", "tests: [{name: a, at: b, fires: [], given: [{review: {id: r, measure: m, accepted: x, dcided: y}}]}]", false},
	}
	s := compiledSchema(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := []byte(ruleWith(tt.lines))
			err := s.Validate(asEditor(t, data))
			if (err == nil) != tt.admitted {
				t.Errorf("the schema says %v", err)
			}
			if _, faults := Parse("test.yaml", data); !tt.admitted && len(faults) == 0 {
				t.Error("the reader takes what the schema refuses")
			}
		})
	}
}

// Of the broken files that show the errors the schema refuses those whose shape
// is wrong, and none for an expression or a schedule alone.
func TestSchemaOnBrokenFiles(t *testing.T) {
	s := compiledSchema(t)
	archives, err := filepath.Glob("testdata/errors/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	shape := regexp.MustCompile(`: (unknown key|a rule needs the key)`)
	within := map[string]bool{"cost": true, "kinds": true, "names": true, "syntax": true, "schedule": true}
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		family := strings.TrimSuffix(filepath.Base(path), ".txtar")
		for i := 0; i+1 < len(archive.Files); i += 2 {
			rule, told := archive.Files[i], string(archive.Files[i+1].Data)
			root, second, err := parseYAML(string(rule.Data))
			if err != nil || root == nil || second != nil || strings.Contains(told, "anchors and aliases") {
				continue // no editor gets so far
			}
			err = s.Validate(plainNode(root))
			if shape.MatchString(told) && err == nil {
				t.Errorf("%s: the schema admits\n%s", rule.Name, told)
			}
			if within[family] && err != nil {
				t.Errorf("%s: the schema refuses what is wrong inside a text only: %v", rule.Name, err)
			}
		}
	}
}
