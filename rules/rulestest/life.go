package rulestest

import (
	"derisk/tracker"
)

// lives are how measures come to be what they are at Now, and how many of a
// hundred do.
var lives = []struct {
	percent int
	live    func(d *draw, m *tracker.Measure, row *Row)
}{
	{8, (*draw).proposed},
	{10, (*draw).announced},
	{30, (*draw).inForce},
	{10, (*draw).inForceUntil},
	{12, (*draw).suspended},
	{3, (*draw).suspendedWithoutEnd},
	{6, (*draw).backByLapse},
	{3, (*draw).backAsOrdained},
	{12, (*draw).ended},
	{6, (*draw).expired},
}

// live gives a measure its events.
func (d *draw) live(m *tracker.Measure, row *Row) {
	at := d.IntN(100)
	for _, l := range lives {
		if at -= l.percent; at < 0 {
			l.live(d, m, row)
			return
		}
	}
}

func (d *draw) proposed(m *tracker.Measure, row *Row) {
	row.Status, row.Since = "proposed", Today-d.upTo(0, 730)
	event(m, tracker.Proposed, row.Since)
}

// announced takes effect later.
func (d *draw) announced(m *tracker.Measure, row *Row) {
	row.Status, row.Since = "announced", Today-d.upTo(0, 365)
	row.Announced, row.Effective = row.Since, Today+d.upTo(1, 730)
	event(m, tracker.Announced, row.Announced)
	event(m, tracker.Effective, row.Effective).Published = date(row.Announced)
}

// begins takes effect on a day, announced before it.
func (d *draw) begins(m *tracker.Measure, row *Row, effective int) *tracker.Event {
	row.Announced, row.Effective = effective-d.upTo(1, 60), effective
	event(m, tracker.Announced, row.Announced)
	e := event(m, tracker.Effective, effective)
	e.Published = date(row.Announced)
	return e
}

func (d *draw) inForce(m *tracker.Measure, row *Row) {
	d.begins(m, row, Today-d.upTo(0, 670))
	row.Status, row.Since = "in-force", row.Effective
}

func (d *draw) inForceUntil(m *tracker.Measure, row *Row) {
	e := d.begins(m, row, Today-d.upTo(0, 670))
	row.Status, row.Since = "in-force", row.Effective
	row.ends(e, Today+d.upTo(0, 730))
}

// ends names the last day that an event holds.
func (row *Row) ends(e *tracker.Event, last int) {
	e.Until = date(last)
	row.Until, row.BackFrom = last, last+1
}

func (d *draw) suspended(m *tracker.Measure, row *Row) {
	d.suspendedWithoutEnd(m, row)
	row.ends(&m.Events[len(m.Events)-1], Today+d.upTo(0, 730))
}

func (d *draw) suspendedWithoutEnd(m *tracker.Measure, row *Row) {
	d.begins(m, row, Today-d.upTo(0, 670))
	row.Status, row.Since = "suspended", d.upTo(row.Effective, Today)
	event(m, tracker.Suspended, row.Since)
}

// backByLapse is back since its suspension ran out, and nobody has said so.
func (d *draw) backByLapse(m *tracker.Measure, row *Row) {
	last := Today - d.upTo(1, 365)
	paused := last - d.upTo(0, 200)
	d.begins(m, row, paused-d.upTo(0, 100))
	event(m, tracker.Suspended, paused).Until = date(last)
	row.Status, row.Since, row.Presumed, row.Basis = "in-force", last+1, true, "lapse"
}

// backAsOrdained is back on the day that the act itself named.
func (d *draw) backAsOrdained(m *tracker.Measure, row *Row) {
	d.backByLapse(m, row)
	m.Events[len(m.Events)-1].Basis = tracker.Ordained
	row.Presumed, row.Basis = false, "ordained"
}

func (d *draw) ended(m *tracker.Measure, row *Row) {
	d.begins(m, row, Today-d.upTo(0, 670))
	row.Status, row.Since = "ended", d.upTo(row.Effective, Today)
	reason := tracker.Reasons()[d.IntN(len(tracker.Reasons()))]
	event(m, tracker.Ended, row.Since).Reason = reason
	row.Reason = string(reason)
}

// expired ended on its own last day.
func (d *draw) expired(m *tracker.Measure, row *Row) {
	last := Today - d.upTo(1, 365)
	d.begins(m, row, last-d.upTo(0, 300)).Until = date(last)
	row.Status, row.Since, row.Reason = "ended", last+1, "expired"
	row.Presumed, row.Basis = true, "lapse"
}
