package tracker

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// reader collects what is wrong in a file, and what it names, while its nodes
// are read to values. One that is reused for several files keeps their faults.
type reader struct {
	file    string
	key     string // of the field that is being read
	faults  Faults
	unshown int // faults of this file beyond maxFileFaults
	first   int // index in faults of the file's first
	names   []naming
}

// naming is a place in a file that defines or refers to something by its id.
type naming struct {
	Fault        // its place; the message is empty
	key   string // of the field
	noun  string // measure, event, entity, tag, calendar, commitment, indicator
	id    string
	owner string // of an event's id: its measure's
	isNew bool   // defines it
}

// open begins another file.
func (r *reader) open(file string) {
	r.close()
	r.file, r.first = file, len(r.faults)
}

// close ends the file, telling how many faults were left out.
func (r *reader) close() {
	if r.unshown > 0 {
		r.faults = append(r.faults, Fault{File: r.file, Message: fmt.Sprintf("%d further faults in this file", r.unshown)})
		r.unshown = 0
	}
}

// room says whether one more fault of this file is kept; else it is only counted.
func (r *reader) room() bool {
	if len(r.faults)-r.first < maxFileFaults {
		return true
	}
	r.unshown++
	return false
}

func (r *reader) add(line, column int, message string) {
	if r.room() {
		r.faults = append(r.faults, Fault{File: r.file, Line: line, Column: column, Message: message})
	}
}

// fault tells what is wrong with the field being read, at n.
func (r *reader) fault(n *yaml.Node, format string, args ...any) {
	if r.key != "" {
		format = r.key + ": " + format
	}
	r.tell(n, format, args...)
}

// tell is fault for words that name the field themselves.
func (r *reader) tell(n *yaml.Node, format string, args ...any) {
	if r.room() {
		r.faults = append(r.faults, Fault{File: r.file, Line: n.Line, Column: n.Column, Message: fmt.Sprintf(format, args...)})
	}
}

// name notes that the file defines or refers to something.
func (r *reader) name(n *yaml.Node, noun, id string, isNew bool) {
	r.names = append(r.names, naming{
		Fault: Fault{File: r.file, Line: n.Line, Column: n.Column},
		key:   r.key, noun: noun, id: id, isNew: isNew,
	})
}

// form is how one sort of value is read from a node and written to one.
type form[V any] struct {
	read  func(r *reader, n *yaml.Node) V
	write func(v V) *yaml.Node // nil where there is nothing to write
}

// field is one key of a mapping and its place in a T.
type field[T any] struct {
	key      string
	required bool
	read     func(r *reader, n *yaml.Node, to *T)
	write    func(from *T) *yaml.Node
	move     func(to, from *T) // sets the field of one to that of the other
}

// keyed ties a key to a place in a T.
func keyed[T, V any](key string, f form[V], place func(*T) *V) field[T] {
	return field[T]{
		key:   key,
		read:  func(r *reader, n *yaml.Node, to *T) { *place(to) = f.read(r, n) },
		write: func(from *T) *yaml.Node { return f.write(*place(from)) },
		move:  func(to, from *T) { *place(to) = *place(from) },
	}
}

// required is a field that may not be left out.
func required[T any](f field[T]) field[T] {
	f.required = true
	return f
}

// record is a mapping with a fixed set of keys.
type record[T any] struct {
	noun   string // with its article, for faults
	fields []field[T]
	flow   bool // written on one line
	check  func(r *reader, v *T, in places)
}

// places are the nodes of a mapping, for faults found once all is read.
type places struct {
	whole *yaml.Node
	value map[string]*yaml.Node
}

// of is where a key's value stands, or the mapping where it is left out.
func (p places) of(key string) *yaml.Node {
	if n := p.value[key]; n != nil {
		return n
	}
	return p.whole
}

func (p places) has(key string) bool { return p.value[key] != nil }

// form reads and writes the record as a mapping; one without any field is not written.
func (d *record[T]) form() form[T] { return form[T]{read: d.read, write: d.write} }

func (d *record[T]) read(r *reader, n *yaml.Node) T {
	var v T
	in, ok := d.places(r, n)
	if !ok {
		return v
	}
	outer := r.key
	for _, f := range d.fields {
		switch value := in.value[f.key]; {
		case value != nil:
			r.key = f.key
			f.read(r, value, &v)
		case f.required:
			r.tell(n, "%s needs %q", d.noun, f.key)
		}
	}
	r.key = outer
	if d.check != nil {
		d.check(r, &v, in)
	}
	return v
}

// places finds the values of the record's keys and refuses all other keys.
func (d *record[T]) places(r *reader, n *yaml.Node) (places, bool) {
	if n.Kind != yaml.MappingNode {
		r.fault(n, "%s is written as keys with values, not as %s", d.noun, nodeSort(n))
		return places{}, false
	}
	in := places{whole: n, value: make(map[string]*yaml.Node, len(n.Content)/2)}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || !d.knows(key.Value):
			if r.room() {
				r.add(key.Line, key.Column, d.unknown(key))
			}
		case in.value[key.Value] != nil:
			r.tell(key, "%q is there twice in %s", key.Value, d.noun)
		default:
			in.value[key.Value] = value
		}
	}
	return in, true
}

func (d *record[T]) knows(key string) bool {
	return slices.ContainsFunc(d.fields, func(f field[T]) bool { return f.key == key })
}

func (d *record[T]) unknown(n *yaml.Node) string {
	key := n.Value
	if n.Kind != yaml.ScalarNode {
		return "the keys of " + d.noun + " are words, not " + nodeSort(n)
	}
	keys := make([]string, len(d.fields))
	for i, f := range d.fields {
		keys[i] = f.key
	}
	if near := Nearest(key, keys); near != "" {
		return fmt.Sprintf("%s has no %s: did you mean %q?", d.noun, quoted(key), near)
	}
	return fmt.Sprintf("%s has no %s: it has %s", d.noun, quoted(key), strings.Join(keys, ", "))
}

func (d *record[T]) write(v T) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	if d.flow {
		n.Style = yaml.FlowStyle
	}
	for _, f := range d.fields {
		if value := f.write(&v); value != nil {
			n.Content = append(n.Content, plainNode(f.key), value)
		}
	}
	if len(n.Content) == 0 {
		return nil
	}
	return n
}

const maxList = 10_000 // values in one list

// lists is a list of such values; one of words stands on one line.
func lists[V any](item form[V], flow bool) form[[]V] {
	return form[[]V]{
		read: func(r *reader, n *yaml.Node) []V {
			if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
				r.fault(n, "a list is wanted that is not empty, not %s", nodeSort(n))
				return nil
			}
			if len(n.Content) > maxList {
				r.fault(n, "the list holds more than %d: split it", maxList)
				return nil
			}
			list := make([]V, len(n.Content))
			for i, child := range n.Content {
				list[i] = item.read(r, child)
			}
			return list
		},
		write: func(list []V) *yaml.Node { return writeList(item, list, flow) },
	}
}

func writeList[V any](item form[V], list []V, flow bool) *yaml.Node {
	if len(list) == 0 {
		return nil
	}
	n := &yaml.Node{Kind: yaml.SequenceNode}
	if flow {
		n.Style = yaml.FlowStyle
	}
	for _, v := range list {
		if child := item.write(v); child != nil {
			n.Content = append(n.Content, child)
		}
	}
	return n
}

// optional is a value that may be missing.
func optional[V any](f form[V]) form[*V] {
	return form[*V]{
		read: func(r *reader, n *yaml.Node) *V {
			v := f.read(r, n)
			return &v
		},
		write: func(v *V) *yaml.Node {
			if v == nil {
				return nil
			}
			return f.write(*v)
		},
	}
}

// nodeSort names what a node is, for faults.
func nodeSort(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys with values"
	case yaml.SequenceNode:
		if len(n.Content) == 0 {
			return "an empty list"
		}
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	if n.ShortTag() == "!!null" {
		return "nothing"
	}
	return quoted(n.Value)
}

// quoted is what was written, cut to a length that an error can bear.
func quoted(s string) string { return fmt.Sprintf("%.60q", s) }

// plainNode is a scalar written without quotes.
func plainNode(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }
