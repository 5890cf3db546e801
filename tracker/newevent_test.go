package tracker_test

import (
	"testing"

	"derisk/tracker"
)

func TestReadEvent(t *testing.T) {
	for _, c := range []struct{ name, file, measure, event, fault string }{
		{name: "a suspension", file: "measure: cn-mofcom-2025-58\nid: x.1\nwhat: suspended\non: 2026-12-01\nuntil: 2027-01-10\npublished: 2026-12-01\nevidence: official\n",
			measure: "cn-mofcom-2025-58", event: "- {id: x.1, what: suspended, on: 2026-12-01, until: 2027-01-10, published: 2026-12-01, evidence: official}"},
		{name: "a withdrawal", file: "{measure: m, id: x.2, what: withdrawn, of: x.1}", measure: "m", event: "- {id: x.2, what: withdrawn, of: x.1}"},
		{name: "no measure", file: "{id: x.2, what: withdrawn, of: x.1}", fault: `-:1:1: an event to record needs "measure"`},
		{name: "what it lacks", file: "{measure: m, id: x.2, what: withdrawn}", fault: `-:1:1: a withdrawn event needs "of"`},
		{name: "a correction of nothing", file: "{measure: m, id: x.2, what: corrected, of: x.1}", fault: `-:1:1: a corrected event needs a field that changes, or clear`},
		{name: "an end before its beginning", file: "{measure: m, id: x.1, what: suspended, on: 2026-12-01, until: 2026-11-01, published: 2026-12-01, evidence: official}",
			fault: "-:1:63: until: 2026-11-01 is not after on, 2026-12-01: an end must come after its beginning"},
		{name: "a list", file: "- a", fault: "-:1:1: an event to record is written as keys with values, not as a list"},
		{name: "nothing", file: "", fault: "-: the file is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			measure, e, err := tracker.ReadEvent("-", []byte(c.file))
			switch {
			case c.fault != "" && (err == nil || err.Error() != c.fault):
				t.Errorf("got %v, want %s", err, c.fault)
			case c.fault == "" && err != nil:
				t.Error(err)
			case c.fault == "":
				if got := inFlow(t, []tracker.Event{e}); measure != c.measure || got != c.event {
					t.Errorf("of %s\n%s\nwant of %s\n%s", measure, got, c.measure, c.event)
				}
			}
		})
	}
}
