package tracker

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Bounds on one folder.
const (
	maxFiles      = 20_000
	maxTotalBytes = 128 << 20
)

// companions are the files beside the measures, by name.
var companions = []string{"goods.yaml", "entities.yaml", "commitments.yaml", "indicators.yaml"}

// ReadFacts reads a folder of measures and their companions:
//
//	goods.yaml        the tree of goods
//	entities.yaml     parties and their owners
//	commitments.yaml  what was promised
//	indicators.yaml   figures
//	calendars/*.yaml  working days, one authority a file
//	*.yaml, *.yml     one measure each
//
// A folder measures.d in it is read in the same way. Other folders, and names
// that begin with a dot, are left alone. The error is of type [Faults] and
// lists everything that is wrong in all the files; then there are no facts.
//
// Whether what the files name is known is for [Reconcile] to say: they may name
// what is recorded already. Whoever reconciles may leave the error to it: it
// refuses what came with faults, and lists them with its own.
func ReadFacts(fsys fs.FS) (Facts, error) {
	r := readFolder(fsys)
	switch err := r.faults.err(); {
	case err == nil:
		r.facts.names = r.names
		return r.facts, nil
	case r.unread:
		return Facts{faults: r.faults}, err
	default:
		return Facts{names: r.names, faults: r.faults}, err
	}
}

func readFolder(fsys fs.FS) *folder {
	r := &folder{fsys: fsys}
	r.folder(".", true)
	r.close()
	r.refuseTwice()
	return r
}

// folder is a reader of many files.
type folder struct {
	reader
	fsys   fs.FS
	facts  Facts
	files  int
	bytes  int
	unread bool // some file could not be read at all, so what it defines is not known
}

func (r *folder) folder(dir string, top bool) {
	entries, err := fs.ReadDir(r.fsys, dir)
	if err != nil {
		r.open(dir)
		r.add(0, 0, reading(err))
	}
	for _, entry := range entries {
		name := entry.Name()
		file := path.Join(dir, name)
		switch {
		case strings.HasPrefix(name, "."):
		case name == "measures.d" && top && r.isDir(file):
			r.folder(file, false)
		case name == "calendars" && r.isDir(file):
			r.calendars(file)
		case path.Ext(name) == ".yaml" || path.Ext(name) == ".yml":
			r.fileNamed(name, file)
		}
	}
}

// isDir follows a symbolic link, as mounted configuration uses them.
func (r *folder) isDir(file string) bool {
	info, err := fs.Stat(r.fsys, file)
	return err == nil && info.IsDir()
}

func (r *folder) calendars(dir string) {
	files, err := fs.Glob(r.fsys, dir+"/[^.]*.y*ml")
	if err != nil {
		return // the pattern is a good one
	}
	for _, file := range files {
		if top := r.top(file); top != nil {
			r.facts.Calendars = append(r.facts.Calendars, calendarRecord.read(&r.reader, top))
		}
	}
}

func (r *folder) fileNamed(name, file string) {
	top := r.top(file)
	if top == nil {
		return
	}
	switch name {
	case "goods.yaml":
		r.facts.Goods = append(r.facts.Goods, goodsFile.record.read(&r.reader, top)...)
	case "entities.yaml":
		r.facts.Entities = append(r.facts.Entities, entitiesFile.record.read(&r.reader, top)...)
	case "commitments.yaml":
		r.facts.Commitments = append(r.facts.Commitments, commitmentsFile.record.read(&r.reader, top)...)
	case "indicators.yaml":
		r.facts.Indicators = append(r.facts.Indicators, indicatorsFile.record.read(&r.reader, top)...)
	default:
		r.facts.Measures = append(r.facts.Measures, r.measure(top))
	}
}

// top reads a file to the top node of its document, or to nil with faults.
func (r *folder) top(file string) *yaml.Node {
	n := r.document(file)
	r.unread = r.unread || n == nil
	return n
}

func (r *folder) document(file string) *yaml.Node {
	r.open(file)
	if r.files++; r.files > maxFiles {
		if r.files == maxFiles+1 {
			r.add(0, 0, fmt.Sprintf("the folder holds more than %d files: split it", maxFiles))
		}
		return nil
	}
	data, err := r.bounded(file)
	if err != nil {
		r.add(0, 0, reading(err))
		return nil
	}
	if r.bytes += len(data); r.bytes > maxTotalBytes {
		r.add(0, 0, "the folder holds more than 128 MiB: split it")
		r.files = maxFiles + 1
		return nil
	}
	return r.parse(data)
}

// bounded reads a regular file, at most one byte more than is allowed.
func (r *folder) bounded(file string) ([]byte, error) {
	info, err := fs.Stat(r.fsys, file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := r.fsys.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFileBytes+1))
}

// reading is why a file could not be read, without its name, which is told before it.
func reading(err error) string {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		err = at.Err
	}
	return "cannot be read: " + err.Error()
}

// ReadMeasure reads one measure file. The error is of type [Faults].
func ReadMeasure(file string, data []byte) (*Measure, error) {
	r := &reader{}
	r.open(file)
	top := r.parse(data)
	if top == nil {
		return nil, r.faults
	}
	return alone(r, top, (*reader).measure)
}

// ReadMeasureNode reads a measure that is written out in another file, such as
// in a test of a rule. The error is of type [Faults].
func ReadMeasureNode(file string, n *yaml.Node) (*Measure, error) {
	return readNode(file, n, (*reader).measure)
}

// ReadCommitmentNode is [ReadMeasureNode] for a commitment.
func ReadCommitmentNode(file string, n *yaml.Node) (*Commitment, error) {
	return readNode(file, n, func(r *reader, n *yaml.Node) *Commitment { c := commitmentRecord.read(r, n); return &c })
}

// ReadIndicatorNode is [ReadMeasureNode] for an indicator.
func ReadIndicatorNode(file string, n *yaml.Node) (*Indicator, error) {
	return readNode(file, n, func(r *reader, n *yaml.Node) *Indicator { i := indicatorRecord.read(r, n); return &i })
}

func readNode[T any](file string, n *yaml.Node, read func(*reader, *yaml.Node) *T) (*T, error) {
	r := &reader{}
	r.open(file)
	r.refuseIndirect(n)
	return alone(r, n, read)
}

func alone[T any](r *reader, n *yaml.Node, read func(*reader, *yaml.Node) *T) (*T, error) {
	v := read(r, n)
	r.close()
	r.refuseTwice()
	if err := r.faults.err(); err != nil {
		return nil, err
	}
	return v, nil
}

func (r *reader) measure(n *yaml.Node) *Measure {
	from := len(r.names)
	m := measureRecord.read(r, n)
	for i := range r.names[from:] {
		r.names[from+i].owner = m.ID
	}
	return &m
}

// newEvent is an event that stands alone, with the measure that it is about.
type newEvent struct {
	Event
	measure string
}

var newEventRecord = record[newEvent]{
	noun: "an event to record",
	fields: append([]field[newEvent]{
		required(keyed("measure", idForm, func(e *newEvent) *string { return &e.measure })),
	}, within(eventRecord.fields, func(e *newEvent) *Event { return &e.Event })...),
	check: func(r *reader, e *newEvent, in places) {
		checkEvent(r, &e.Event, in)
		if e.On.offset == e.Until.offset { // else the measure's zone would have to be known
			checkEnd(r, &e.Event, in.whole, time.UTC)
		}
	},
}

// within are the fields of a T as fields of an S that holds one.
func within[S, T any](fields []field[T], part func(*S) *T) []field[S] {
	outer := make([]field[S], len(fields))
	for i, f := range fields {
		outer[i] = field[S]{
			key: f.key, required: f.required,
			read:  func(r *reader, n *yaml.Node, to *S) { f.read(r, n, part(to)) },
			write: func(from *S) *yaml.Node { return f.write(part(from)) },
			move:  func(to, from *S) { f.move(part(to), part(from)) },
		}
	}
	return outer
}

// ReadEvent reads one event to record, in the form that it has in a measure
// file, with the further key "measure" for the measure that it is about. The
// error is of type [Faults]. Whether it may follow those before it is for
// [Measure.Admits] to say.
func ReadEvent(file string, data []byte) (measure string, e Event, err error) {
	r := &reader{}
	r.open(file)
	top := r.parse(data)
	if top == nil {
		return "", Event{}, r.faults
	}
	read := newEventRecord.read(r, top)
	r.close()
	if err := r.faults.err(); err != nil {
		return "", Event{}, err
	}
	return read.measure, read.Event, nil
}

// refuseTwice tells of ids that are defined more than once.
func (r *reader) refuseTwice() {
	first := map[[2]string]naming{}
	for _, n := range r.names {
		if !n.isNew {
			continue
		}
		key := [2]string{n.noun, n.id}
		if before, twice := first[key]; twice {
			n.Message = fmt.Sprintf("%s: the %s %q is there already, in %s:%d", n.key, n.noun, n.id, before.File, before.Line)
			r.faults = append(r.faults, n.Fault)
			continue
		}
		first[key] = n
	}
	r.faults.sort()
}
