package bot

import (
	"strings"
	"time"

	"derisk/bot/picture"
	"derisk/tracker"
)

// bandSigns are what bands are drawn with in a terminal. They are ASCII, so that
// they are one cell wide everywhere, and differ without colour.
var bandSigns = map[tracker.Status]byte{
	tracker.StatusProposed: '.', tracker.StatusAnnounced: ':', tracker.StatusInForce: '#', tracker.StatusSuspended: '=', tracker.StatusEnded: '_',
}

const (
	presumedSign  = '~' // every other cell of a presumed stretch
	uncertainSign = '?'
	bandWidth     = 80 // cells, where the width is not known
	leastBand     = 24 // cells
)

// bandPaint are the terminal's own colours.
var bandPaint = map[tracker.Status]string{
	tracker.StatusProposed: "35", tracker.StatusAnnounced: "34", tracker.StatusInForce: "31", tracker.StatusSuspended: "33", tracker.StatusEnded: "2",
}

// bands draws a timeline as text: a row of signs for each measure, the axis, and
// what the signs mean. Where there is little room a measure's id stands on a line
// of its own.
func (d Draw) bands(b *strings.Builder, t picture.Timeline) {
	total := d.Width
	if total == 0 {
		total = bandWidth
	}
	lead := 0
	for _, row := range t.Rows {
		lead = max(lead, cells(clean(rowID(row)))+2)
	}
	own := len(t.Rows) == 1 || total-lead < leastBand
	if own {
		lead = 0
	}
	width := max(total-lead, leastBand)
	indent := strings.Repeat(" ", lead)
	if today := todayRow(t, width); today != "" {
		b.WriteString(indent + today + "\n")
	}
	for _, row := range t.Rows {
		name := pad(clean(rowID(row)), lead)
		if own {
			name = ""
			if len(t.Rows) > 1 {
				b.WriteString(clean(rowID(row)) + "\n")
			}
		}
		b.WriteString(strings.TrimRight(name+d.bandRow(t, row, width), " ") + "\n")
	}
	b.WriteString(strings.TrimRight(indent+axisRow(t, width), " ") + "\n")
	d.paragraph(b, "", bandLegend(t))
}

// rowID is the last of a row's names, which can be written everywhere.
func rowID(row picture.Row) string { return row.Name[len(row.Name)-1] }

// instant is the middle of a cell.
func instant(t picture.Timeline, cell, width int) time.Time {
	return t.From.Add(time.Duration(float64(t.To.Sub(t.From)) * (float64(cell) + 0.5) / float64(width)))
}

func cellOf(t picture.Timeline, at time.Time, width int) int {
	return int(float64(width) * float64(at.Sub(t.From)) / float64(t.To.Sub(t.From)))
}

func (d Draw) bandRow(t picture.Timeline, row picture.Row, width int) string {
	var line, run strings.Builder
	colour := ""
	for cell := range width {
		band := bandAt(row, instant(t, cell, width))
		if now := bandPaint[band.Status]; now != colour {
			line.WriteString(d.paint(colour, run.String()))
			run.Reset()
			colour = now
		}
		run.WriteByte(bandSign(band, cell))
	}
	return line.String() + d.paint(colour, run.String())
}

// bandAt is the band at an instant, or one without a status.
func bandAt(row picture.Row, at time.Time) picture.Band {
	for _, b := range row.Bands {
		if !at.Before(b.From) && (b.To.IsZero() || at.Before(b.To)) {
			return b
		}
	}
	return picture.Band{}
}

func bandSign(band picture.Band, cell int) byte {
	switch {
	case band.Status == tracker.NoStatus:
		return ' '
	case band.Uncertain && cell%2 == 1:
		return uncertainSign
	case band.Presumed && (cell%2 == 1 || band.Uncertain && cell%4 == 0):
		return presumedSign
	}
	return bandSigns[band.Status]
}

// todayRow points at today from above.
func todayRow(t picture.Timeline, width int) string {
	if t.Today.Before(t.From) || !t.Today.Before(t.To) {
		return ""
	}
	at := cellOf(t, t.Today, width)
	words := clean(t.Words.Today)
	switch before := at - cells(words) - 1; {
	case before >= 0:
		return strings.Repeat(" ", before) + words + " v"
	case at+2+cells(words) <= width:
		return strings.Repeat(" ", at) + "v " + words
	}
	return strings.Repeat(" ", at) + "v"
}

// axisRow names the months from the cells in which they begin.
func axisRow(t picture.Timeline, width int) string {
	const room = 8
	row := ""
	for _, tick := range t.Ticks(max(1, width/room)) {
		at := cellOf(t, tick.At, width)
		name := "|" + tick.Name
		if at < cells(row)+1 && row != "" || at+cells(name) > width {
			continue
		}
		row = pad(row, at) + name
	}
	return row
}

func bandLegend(t picture.Timeline) string {
	there := map[tracker.Status]bool{}
	presumed, uncertain := false, false
	for _, row := range t.Rows {
		for _, band := range row.Bands {
			if !band.From.Before(t.To) || !band.To.IsZero() && !band.To.After(t.From) {
				continue
			}
			there[band.Status] = true
			presumed, uncertain = presumed || band.Presumed, uncertain || band.Uncertain
		}
	}
	var words []string
	for _, s := range tracker.Statuses() {
		if there[s] {
			words = append(words, string(bandSigns[s])+" "+t.Words.Status[s])
		}
	}
	if presumed {
		words = append(words, string(presumedSign)+" "+t.Words.Presumed)
	}
	if uncertain {
		words = append(words, string(uncertainSign)+" "+t.Words.Uncertain)
	}
	return strings.Join(words, "   ")
}
