package tracker_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"derisk/tracker"
)

// record is what a database does with changes.
func record(t rapid.TB, have *tracker.Snapshot, c tracker.Changes) *tracker.Snapshot {
	t.Helper()
	var f tracker.Facts
	if have != nil {
		f = have.Facts
	}
	measures := map[string]*tracker.Measure{}
	for _, m := range f.Measures {
		measures[m.ID] = m
	}
	for _, m := range c.Measures {
		head := *m
		head.Events = nil
		if was := measures[m.ID]; was != nil {
			head.Events = was.Events
		}
		measures[m.ID] = &head
	}
	for id, events := range c.Events {
		own := *measures[id]
		own.Events = slices.Concat(own.Events, events)
		measures[id] = &own
	}
	f.Measures = slices.Collect(maps.Values(measures))
	f.Goods = replaced(f.Goods, c.Goods, func(v tracker.Tag) string { return v.Slug })
	f.Entities = replaced(f.Entities, c.Entities, func(v tracker.Entity) string { return v.ID })
	f.Commitments = replaced(f.Commitments, c.Commitments, func(v tracker.Commitment) string { return v.ID })
	f.Indicators = replaced(f.Indicators, c.Indicators, func(v tracker.Indicator) string { return v.ID })
	f.Calendars = replaced(f.Calendars, c.Calendars, func(v tracker.Calendar) string { return v.ID })
	s, err := tracker.NewSnapshot(f)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func replaced[T any](have, by []T, id func(T) string) []T {
	have = slices.Clone(have)
	for _, v := range by {
		if i := slices.IndexFunc(have, func(was T) bool { return id(was) == id(v) }); i >= 0 {
			have[i] = v
		} else {
			have = append(have, v)
		}
	}
	return have
}

// imported is what importing a folder changes.
func imported(have *tracker.Snapshot, files fstest.MapFS) (tracker.Changes, error) {
	facts, err := tracker.ReadFacts(files)
	if err != nil {
		return tracker.Changes{}, err
	}
	return tracker.Reconcile(have, facts)
}

// reconciled is what importing a folder changes; it must not fail.
func reconciled(t rapid.TB, have *tracker.Snapshot, files fstest.MapFS) tracker.Changes {
	t.Helper()
	c, err := imported(have, files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const truce = `id: cn-mofcom-2025-58
title: {en: Export control on lithium batteries}
kind: export-control
by: CN
zone: Asia/Shanghai
goods: [{tags: [lithium-battery]}]
events:
- {id: t.announced, what: announced, on: 2025-10-09, published: 2025-10-09, evidence: official}
- {id: t.effective, what: effective, on: 2025-11-08, published: 2025-10-09, evidence: official}
- {id: t.suspended, what: suspended, on: 2025-11-07, until: 2026-11-10, published: 2025-11-07, evidence: official, note: {en: A year}}
`

func folderOf(measure string) fstest.MapFS {
	return fstest.MapFS{
		"m.yaml":     &fstest.MapFile{Data: []byte(measure)},
		"goods.yaml": &fstest.MapFile{Data: []byte("goods: [{slug: lithium-battery, en: Lithium-ion batteries, zh: 锂离子电池}]")},
	}
}

// recorded is the truce as recorded, with more events recorded by people.
func recorded(t *testing.T, more ...tracker.Event) *tracker.Snapshot {
	t.Helper()
	c := reconciled(t, nil, folderOf(truce))
	for i := range more {
		more[i].RecordedBy = "somebody"
	}
	c.Events["cn-mofcom-2025-58"] = append(c.Events["cn-mofcom-2025-58"], more...)
	return record(t, nil, c)
}

func TestStarterFactsReconcileWithNothing(t *testing.T) {
	c, err := tracker.Reconcile(nil, starter(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Measures) != 49 || len(c.Events) != 49 || len(c.Goods) != 37 || len(c.Warnings) != 0 {
		t.Errorf("got %d measures, %d with events, %d goods, warnings %q", len(c.Measures), len(c.Events), len(c.Goods), c.Warnings)
	}
	again, err := tracker.Reconcile(record(t, nil, c), starter(t))
	if err != nil || !again.Empty() || len(again.Warnings) != 0 {
		t.Errorf("importing twice gives %+v, %v", again, err)
	}
}

// What a changed file adds to what is recorded, as the events are written.
func TestReconcileEvents(t *testing.T) {
	person := tracker.Event{ID: "t.mended", What: tracker.Corrected, Of: "t.suspended", Until: tracker.MustDate("2026-11-09")}
	withdrawal := tracker.Event{ID: "t.gone", What: tracker.Withdrawn, Of: "t.suspended"}
	for _, c := range []struct {
		name     string
		people   []tracker.Event // what people recorded since the first import
		old, new string          // edit of the file; none where old is empty
		want     string          // the events added, in the words of a measure file
		warns    string
	}{
		{name: "nothing changed"},
		{name: "another end", old: "until: 2026-11-10", new: "until: 2026-11-09",
			want: "- {id: t.suspended.corrected-1, what: corrected, of: t.suspended, until: 2026-11-09}"},
		{name: "the end left out", old: "until: 2026-11-10, ", new: "",
			want: "- {id: t.suspended.corrected-1, what: corrected, of: t.suspended, clear: [until]}"},
		{name: "a year later, without a note", old: "until: 2026-11-10, published: 2025-11-07, evidence: official, note: {en: A year}", new: "until: 2026-11-10, published: 2025-11-08, evidence: official",
			want: "- {id: t.suspended.corrected-1, what: corrected, of: t.suspended, publication: 2025-11-08, clear: [note]}"},
		{name: "another kind", old: "what: suspended, on: 2025-11-07, until: 2026-11-10", new: "what: reported, of: suspended, on: 2025-11-07, until: 2026-11-10",
			want: "- {id: t.suspended.corrected-1, what: corrected, of: t.suspended, becomes: reported, names: suspended}"},
		{name: "a further event", old: "events:\n", new: "events:\n- {id: t.proposed, what: proposed, on: 2025-10-01, published: 2025-10-01, evidence: official}\n",
			want: "- {id: t.proposed, what: proposed, on: 2025-10-01, published: 2025-10-01, evidence: official}"},
		{name: "an event taken out", old: "- {id: t.effective, what: effective, on: 2025-11-08, published: 2025-10-09, evidence: official}\n", new: "",
			warns: `event "t.effective" of measure "cn-mofcom-2025-58" is no longer in its file and stays; if it never was, record an event with what: withdrawn and of: t.effective`},
		{name: "a person corrected it since", people: []tracker.Event{person}, warns: `event "t.suspended" of measure "cn-mofcom-2025-58" was corrected on record, which stands; bring its file up to date, derisk export writes it`},
		{name: "the file says what the person said", people: []tracker.Event{person}, old: "until: 2026-11-10", new: "until: 2026-11-09"},
		{name: "the file was edited after the person's correction", people: []tracker.Event{person}, old: "until: 2026-11-10", new: "until: 2026-12-31",
			want: "- {id: t.suspended.corrected-1, what: corrected, of: t.suspended, until: 2026-12-31}"},
		{name: "a person withdrew it", people: []tracker.Event{withdrawal}, warns: `event "t.suspended" of measure "cn-mofcom-2025-58" was withdrawn but is still in its file: take it out there`},
		{name: "a person withdrew it and the file followed", people: []tracker.Event{withdrawal}, old: "- {id: t.suspended, what: suspended, on: 2025-11-07, until: 2026-11-10, published: 2025-11-07, evidence: official, note: {en: A year}}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			have := recorded(t, c.people...)
			file := strings.Replace(truce, c.old, c.new, 1)
			if c.old != "" && file == truce {
				t.Fatal("the edit changes nothing")
			}
			got := reconciled(t, have, folderOf(file))
			if events := inFlow(t, got.Events["cn-mofcom-2025-58"]); events != c.want {
				t.Errorf("adds\n%s\nwant\n%s", events, c.want)
			}
			if warns := strings.Join(got.Warnings, "\n"); warns != c.warns {
				t.Errorf("warns\n%s\nwant\n%s", warns, c.warns)
			}
			if again := reconciled(t, record(t, have, got), folderOf(file)); !again.Empty() {
				t.Errorf("a second import adds %+v", again)
			}
		})
	}
}

// inFlow writes events one a line, by way of a file with one key a line.
func inFlow(t *testing.T, events []tracker.Event) string {
	t.Helper()
	if len(events) == 0 {
		return ""
	}
	written := string(tracker.WriteMeasure(&tracker.Measure{Events: events}))
	_, written, _ = strings.Cut(written, "events:\n- ")
	var lines []string
	for _, e := range strings.Split(strings.TrimSpace(written), "\n- ") {
		lines = append(lines, "- {"+strings.ReplaceAll(e, "\n  ", ", ")+"}")
	}
	return strings.Join(lines, "\n")
}

func TestCorrectionByFileChangesTheState(t *testing.T) {
	have := recorded(t)
	got := reconciled(t, have, folderOf(strings.Replace(truce, "until: 2026-11-10, ", "", 1)))
	m, err := record(t, have, got).Measure("cn-mofcom-2025-58")
	if err != nil {
		t.Fatal(err)
	}
	later := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	if s := m.At(later, tracker.Cut{}); s.Status != tracker.StatusSuspended || !s.End.IsZero() {
		t.Errorf("after the end was cleared: %s, end %s", s.Status, s.End)
	}
	if s := m.At(later, tracker.Cut{Known: time.Date(2025, 11, 8, 0, 0, 0, 0, time.UTC)}); s.Status != tracker.StatusSuspended {
		t.Errorf("as published when the original was: %s", s.Status)
	}
}

func TestReconcileHeads(t *testing.T) {
	have := recorded(t)
	got := reconciled(t, have, folderOf(strings.Replace(truce, "lithium batteries", "batteries", 1)))
	if len(got.Measures) != 1 || len(got.Events) != 0 || got.Measures[0].Title.EN != "Export control on batteries" {
		t.Errorf("got %+v", got)
	}
	if again := reconciled(t, record(t, have, got), folderOf(strings.Replace(truce, "lithium batteries", "batteries", 1))); !again.Empty() {
		t.Errorf("a second import adds %+v", again)
	}
}

func TestReconcileCompanions(t *testing.T) {
	first := folderOf(truce)
	first["entities.yaml"] = &fstest.MapFile{Data: []byte("entities: [{id: wingtech, name: {en: Wingtech}}, {id: nexperia, name: {en: Nexperia}}]")}
	have := record(t, nil, reconciled(t, nil, first))
	first["entities.yaml"] = &fstest.MapFile{Data: []byte("entities: [{id: wingtech, name: {en: Wingtech}, country: CN}]")}
	delete(first, "goods.yaml")
	got := reconciled(t, have, first)
	if len(got.Entities) != 1 || got.Entities[0].Country != "CN" || len(got.Goods) != 0 {
		t.Errorf("got %+v", got)
	}
	if len(got.Warnings) > 0 {
		t.Errorf("warns %q of what another folder may hold", got.Warnings)
	}
}

// A team's own folder may name what is recorded already, without repeating it.
func TestFilesMayNameWhatIsRecorded(t *testing.T) {
	have := recorded(t)
	own := strings.NewReplacer("id: cn-mofcom-2025-58", "id: own\nunder: cn-mofcom-2025-58", "id: t.", "id: own.").Replace(truce)
	files := fstest.MapFS{"own.yaml": &fstest.MapFile{Data: []byte(own)}}
	if got := reconciled(t, have, files); len(got.Measures) != 1 || len(got.Events["own"]) != 3 {
		t.Errorf("got %+v", got)
	}
	if _, err := imported(nil, files); err == nil || !strings.Contains(err.Error(), `own.yaml:2:8: under: no measure "cn-mofcom-2025-58" is known`) {
		t.Errorf("without it recorded: %v", err)
	}
}

func TestEventOfAnotherMeasure(t *testing.T) {
	files := fstest.MapFS{"own.yaml": &fstest.MapFile{Data: []byte(strings.Replace(truce, "id: cn-mofcom-2025-58", "id: own", 1))}}
	got, err := imported(recorded(t), files)
	const want = `own.yaml:8:8: id: the event "t.announced" is recorded already, of measure "cn-mofcom-2025-58": choose another id`
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	if !got.Empty() {
		t.Errorf("and changes %+v", got)
	}
}

// One edit that makes the order impossible takes back the whole import.
func TestImpossibleOrderChangesNothing(t *testing.T) {
	files := folderOf(truce + "- {id: t.resumed, what: resumed, of: t.effective, on: 2025-12-01, published: 2025-12-01, evidence: official}\n")
	files["goods.yaml"] = &fstest.MapFile{Data: []byte("goods: [{slug: lithium-battery, en: Batteries, zh: 电池}]")}
	got, err := imported(recorded(t), files)
	if err == nil || !strings.HasPrefix(err.Error(), `m.yaml:11:8: event "t.resumed"`) {
		t.Errorf("got %v", err)
	}
	if !got.Empty() {
		t.Errorf("and changes %+v", got)
	}
}

// What is exported after corrections means the same in a new database, and
// changes nothing in the old one.
func TestExportOfCorrectionsIsImportedAlike(t *testing.T) {
	have := recorded(t, tracker.Event{ID: "t.mended", What: tracker.Corrected, Of: "t.suspended", Until: tracker.MustDate("2026-11-09")})
	have = record(t, have, reconciled(t, have, folderOf(strings.Replace(truce, "until: 2026-11-10", "until: 2026-12-31", 1))))
	exported := fstest.MapFS{}
	for name, data := range tracker.WriteFacts(have.Facts) {
		exported[name] = &fstest.MapFile{Data: data}
	}
	if again := reconciled(t, have, exported); !again.Empty() || len(again.Warnings) != 0 {
		t.Errorf("importing the export changes %+v", again)
	}
	fresh := record(t, nil, reconciled(t, nil, exported))
	if got, want := known(fresh), known(have); !reflect.DeepEqual(got, want) {
		t.Errorf("a new database knows\n%+v\nwant\n%+v", got, want)
	}
}

// known are the events as corrected, without who recorded them.
func known(s *tracker.Snapshot) map[string]tracker.Event {
	events := map[string]tracker.Event{}
	for _, m := range s.Measures {
		for _, e := range m.Known(tracker.Cut{}) {
			e.RecordedBy = ""
			events[e.ID] = e
		}
	}
	return events
}

// However a file's events are edited, again and again: importing it makes the
// record say the same, and importing it once more changes nothing.
func TestReconcileFollowsAnyEdits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var have *tracker.Snapshot
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			files := tracker.Facts{Measures: []*tracker.Measure{anyMeasure("m").Draw(t, "measure")}}
			c, err := tracker.Reconcile(have, files)
			if err != nil {
				t.Fatal(err)
			}
			have = record(t, have, c)
			again, err := tracker.Reconcile(have, files)
			if err != nil || !again.Empty() {
				t.Fatalf("importing twice: %v, %+v", err, again)
			}
			now := known(have)
			for _, e := range files.Measures[0].Events {
				if !reflect.DeepEqual(now[e.ID], e) {
					t.Fatalf("the record says\n%+v\nthe file\n%+v", now[e.ID], e)
				}
			}
		}
	})
}
