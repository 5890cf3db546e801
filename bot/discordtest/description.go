package discordtest

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// openAPI is Discord's own description of what its API takes; openapi/README.md
// says how it was cut.
//
//go:embed openapi/openapi.json
var openAPI []byte

// described is read once for all servers of a test binary.
var described = sync.OnceValue(func() *description {
	d, err := readDescription(openAPI)
	if err != nil {
		panic(err)
	}
	return d
})

// description checks requests against Discord's description. The schemas of
// OpenAPI 3.1 are JSON Schema, so that no library for OpenAPI is needed.
//
// It is stricter in one point: a field that no schema knows is wrong. Discord
// passes over such fields, so a slip in a name would go unseen.
type description struct {
	paths map[string]map[string]operation // by path and method in lower case

	mu       sync.Mutex // guards all below
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema // by where they stand in the description
	passed   map[[sha256.Size]byte]bool    // bodies that were right; to check one takes some 200 µs
}

// operation is what can be done at a path.
type operation struct {
	Parameters []struct {
		Name string `json:"name"`
		In   string `json:"in"`
	} `json:"parameters"`
	Body *struct{} `json:"requestBody"`
}

func readDescription(text []byte) (*description, error) {
	var outline struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(text, &outline); err != nil {
		return nil, err
	}
	d := &description{paths: map[string]map[string]operation{}, schemas: map[string]*jsonschema.Schema{}, passed: map[[sha256.Size]byte]bool{}}
	for path, methods := range outline.Paths {
		d.paths[path] = map[string]operation{}
		for method, raw := range methods {
			var o operation
			if method == "parameters" {
				continue // those in the path, whose values are ids or tokens
			}
			if err := json.Unmarshal(raw, &o); err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			d.paths[path][method] = o
		}
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	closeObjects(doc)
	d.compiler = jsonschema.NewCompiler()
	return d, d.compiler.AddResource("discord.json", doc)
}

// closeObjects lets every object that lists its fields have no others.
func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, lists := v["properties"].(map[string]any); lists && v["type"] == "object" && v["additionalProperties"] == nil {
			v["additionalProperties"] = false
		}
		for _, part := range v {
			closeObjects(part)
		}
	case []any:
		for _, part := range v {
			closeObjects(part)
		}
	}
}

// request checks one request, whose path may have a query.
func (d *description) request(method, path string, header http.Header, body []byte) error {
	at, query, _ := strings.Cut(path, "?")
	template, values := d.find(at)
	operation, known := d.paths[template][strings.ToLower(method)]
	if !known {
		return fmt.Errorf("the description knows no %s %s (a new one is added to openapi/openapi.json)", method, at)
	}
	for name, value := range values {
		if !goodInPath(name, value) {
			return fmt.Errorf("%q is no %s, in %s", value, name, at)
		}
	}
	if err := operation.query(query); err != nil {
		return err
	}
	if operation.Body == nil {
		return nil
	}
	payload, err := payloadOf(header, body)
	if err != nil {
		return err
	}
	return d.body(template, method, payload)
}

// find is the path of the description that a real one is of, with what stands in
// the places of its parameters. A path without parameters goes before one with.
func (d *description) find(path string) (template string, values map[string]string) {
	parts := strings.Split(path, "/")
	for _, t := range slices.SortedFunc(maps.Keys(d.paths), func(a, b string) int {
		return strings.Count(a, "{") - strings.Count(b, "{")
	}) {
		if values, ok := matches(strings.Split(t, "/"), parts); ok {
			return t, values
		}
	}
	return "", nil
}

func matches(template, parts []string) (values map[string]string, ok bool) {
	values = map[string]string{}
	for i, t := range template {
		switch {
		case len(template) != len(parts):
			return nil, false
		case strings.HasPrefix(t, "{"):
			values[strings.Trim(t, "{}")] = parts[i]
		case t != parts[i]:
			return nil, false
		}
	}
	return values, true
}

var snowflake = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)

// goodInPath says whether a value can stand for a parameter. The scripted id of a
// direct channel has dm- before the user's.
func goodInPath(name, value string) bool {
	if strings.HasSuffix(name, "_token") {
		return value != ""
	}
	return snowflake.MatchString(strings.TrimPrefix(value, "dm-"))
}

func (o operation) query(query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return err
	}
	for name := range values {
		known := false
		for _, p := range o.Parameters {
			known = known || p.In == "query" && p.Name == name
		}
		if !known {
			return fmt.Errorf("the description knows no %s in the query %q", name, query)
		}
	}
	return nil
}

// payloadOf is the JSON of a body, which files may come with.
func payloadOf(header http.Header, body []byte) ([]byte, error) {
	kind, words, err := mime.ParseMediaType(header.Get("Content-Type"))
	switch {
	case err != nil:
		return nil, fmt.Errorf("a body of type %q: %w", header.Get("Content-Type"), err)
	case kind == "application/json":
		return body, nil
	case kind != "multipart/form-data":
		return nil, fmt.Errorf("a body of type %s", kind)
	}
	form := multipart.NewReader(bytes.NewReader(body), words["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			return nil, fmt.Errorf("a body in parts without payload_json: %w", err)
		}
		if part.FormName() == "payload_json" {
			return io.ReadAll(part)
		}
	}
}

// body checks what is sent to a path, the same only once.
func (d *description) body(template, method string, payload []byte) error {
	sum := sha256.Sum256(slices.Concat([]byte(method+" "+template+" "), payload))
	d.mu.Lock()
	passed := d.passed[sum]
	d.mu.Unlock()
	if passed {
		return nil
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(payload))
	if err != nil {
		return err
	}
	schema, err := d.schema("discord.json#/paths/" + pointerEscape(template) + "/" + strings.ToLower(method) + "/requestBody/content/application~1json/schema")
	if err != nil {
		return err
	}
	if err := schema.Validate(numbered(value)); err != nil {
		return fmt.Errorf("%s %s against Discord's description: %w in %.2000s", method, template, err, payload)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.passed[sum] = true
	return nil
}

func pointerEscape(s string) string {
	return url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(s))
}

func (d *description) schema(at string) (*jsonschema.Schema, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.schemas[at]; s != nil {
		return s, nil
	}
	s, err := d.compiler.Compile(at)
	d.schemas[at] = s
	return s, err
}

// numbered turns the rights of commands, which are texts, into the integers as
// which the description has them: Discord takes both.
func numbered(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if s, is := v["default_member_permissions"].(string); is {
			if _, err := strconv.ParseInt(s, 10, 64); err == nil {
				v["default_member_permissions"] = json.Number(s)
			}
		}
	case []any:
		for _, one := range v {
			numbered(one)
		}
	}
	return v
}
