package picture

import (
	"image"
	"strconv"
	"time"

	"derisk/tracker"
)

const (
	margin    = 28
	inner     = Width - 2*margin
	bandOne   = 64 // height of the band of a picture of one measure
	bandMany  = 30
	markSize  = 15 // radius of a numbered mark
	noteLines = 2  // that the words of a note may take
)

// sheet is one picture on its way: what is drawn, and how far down it has come.
type sheet struct {
	Timeline
	*pen
	y int
}

// draw draws from the top and gives the height.
func (s *sheet) draw() int {
	if s.canvas != nil {
		s.fill(s.canvas.Bounds(), s.ground)
	}
	s.y = margin
	s.head()
	s.todayWord()
	top := s.y
	for pass := range 2 { // the lines of the axis stand behind the bands
		s.y = top
		s.bands(pass == 1)
		if pass == 0 {
			s.axis(top, s.y)
		}
	}
	s.y += 40 // what the axis says
	s.notes()
	s.tail()
	return s.y + margin - 8
}

func (s *sheet) head() {
	for _, line := range s.lines(s.pick(s.Title), large, inner, 3) {
		s.y += 42
		s.write(line, large, margin, s.y-10, s.ink)
	}
	for _, about := range s.About {
		for _, line := range s.lines(s.writable(seen(about)), middle, inner, 3) {
			s.y += 36
			s.write(line, middle, margin, s.y-8, s.faint)
		}
	}
	s.y += 14
}

// x is where an instant stands.
func (s *sheet) x(at time.Time) int {
	switch {
	case at.Before(s.From):
		return margin
	case at.After(s.To):
		return margin + inner
	}
	return margin + int(float64(inner)*float64(at.Sub(s.From))/float64(s.To.Sub(s.From)))
}

func (s *sheet) shows(at time.Time) bool { return !at.Before(s.From) && !at.After(s.To) }

func (s *sheet) todayWord() {
	s.y += 30
	if !s.shows(s.Today) {
		s.y -= 22
		return
	}
	width := s.width(s.Words.Today, small)
	at := min(max(s.x(s.Today)-width/2, margin), margin+inner-width)
	s.write(s.Words.Today, small, at, s.y-12, s.ink)
}

// todayLine crosses one band.
func (s *sheet) todayLine(height int) {
	if s.shows(s.Today) {
		x := s.x(s.Today)
		s.fill(image.Rect(x-4, s.y-2, x+4, s.y+height+2), s.ground)
		s.fill(image.Rect(x-2, s.y-5, x+2, s.y+height+5), s.now)
	}
}

// bands draws the rows, or only goes down by their height.
func (s *sheet) bands(really bool) {
	one := len(s.Rows) == 1
	for _, row := range s.Rows {
		height := bandOne
		if !one {
			height = bandMany
			s.y += 36
			if really {
				s.rowHead(row)
			}
		}
		if really {
			s.course(row, height)
			s.todayLine(height)
		}
		s.y += height + 14
	}
	if one && len(s.Notes) > 0 {
		s.marks(really)
	}
}

func (s *sheet) rowHead(row Row) {
	beside := s.writable(seen(row.Beside))
	width := s.width(beside, small)
	room := inner
	if width > 0 {
		room -= width + 20
	}
	name := s.fit(s.pick(row.Name), small, room)
	s.fill(image.Rect(margin, s.y-32, margin+s.width(name, small)+6, s.y), s.ground)
	s.write(name, small, margin, s.y-10, s.ink)
	s.fill(image.Rect(margin+inner-width-6, s.y-32, margin+inner, s.y), s.ground)
	s.write(beside, small, margin+inner-width, s.y-10, s.faint)
}

func (s *sheet) course(row Row, height int) {
	for _, b := range row.Bands {
		if b.To.IsZero() || b.To.After(s.To) {
			b.To = s.To
		}
		if !b.To.After(s.From) || b.From.After(s.To) {
			continue
		}
		from, to := s.x(b.From), s.x(b.To)
		if to-from > 4 {
			to -= 2 // a line of the ground between two
		}
		at := image.Rect(from, s.y, max(to, from+3), s.y+height)
		s.band(at, b)
		s.nameBand(at, b)
	}
}

// nameBand writes the status on a band that has room for it.
func (s *sheet) nameBand(at image.Rectangle, b Band) {
	name := s.Words.Status[b.Status]
	width := s.width(name, small)
	room := at
	if x := s.x(s.Today); s.shows(s.Today) && x > at.Min.X && x < at.Max.X { // beside the line of today, where it is wider
		room.Max.X = x
		if at.Max.X-x > x-at.Min.X {
			room = image.Rect(x, at.Min.Y, at.Max.X, at.Max.Y)
		}
	}
	pattern := 0 // that is to be seen beside the word
	if b.Presumed || b.Uncertain {
		pattern = 70
	}
	if width+24+pattern > room.Dx() {
		return
	}
	x, y := room.Min.X+(room.Dx()-width)/2, at.Min.Y+at.Dy()/2+8
	if look, is := s.status[b.Status]; is {
		if pattern > 0 {
			s.fill(image.Rect(x-10, at.Min.Y, x+width+10, at.Max.Y), look.band)
		}
		s.write(name, small, x, y, look.ink)
	}
}

// marks puts the notes' numbers under the band, in as many lanes as they need.
func (s *sheet) marks(really bool) {
	const lanes, lane = 5, 2*markSize + 4
	var ends [lanes]int
	at := make([]image.Point, len(s.Notes))
	deepest := 0
	for n, note := range s.Notes {
		if !s.shows(note.At) {
			continue
		}
		x, l := s.x(note.At), 0
		for l < lanes-1 && ends[l] > x-markSize-2 {
			l++
		}
		ends[l], deepest = x+markSize, max(deepest, l)
		at[n] = image.Pt(min(max(x, margin+markSize), margin+inner-markSize), s.y+6+markSize+l*lane)
		if really {
			s.fill(image.Rect(x-1, s.y-14, x+1, at[n].Y), s.faint)
		}
	}
	for n, note := range s.Notes {
		if really && at[n] != (image.Point{}) { // over all lines that lead to them
			s.mark(n, note, at[n].X, at[n].Y)
		}
	}
	s.y += (deepest+1)*lane + 10
}

// mark is a number in a disc: full for what has come, a ring for what is to come.
func (s *sheet) mark(n int, note Note, x, y int) {
	s.disc(x, y, markSize, s.ink)
	ink := s.ground
	if !note.Come {
		s.disc(x, y, markSize-3, s.ground)
		ink = s.ink
	}
	number := strconv.Itoa(n + 1)
	s.write(number, mini, x-s.width(number, mini)/2, y+7, ink)
}

func (s *sheet) notes() {
	if len(s.Notes) == 0 {
		return
	}
	s.y += 14
	left := margin + 2*markSize + 14
	for n, note := range s.Notes {
		s.mark(n, note, margin+markSize, s.y+18)
		words := seen(note.Day + "  " + note.Words)
		for _, line := range s.lines(s.writable(words), small, margin+inner-left, noteLines) {
			s.write(line, small, left, s.y+26, s.ink)
			s.y += 30
		}
		s.y += 10
	}
}

// tail tells what is left out and what the colours mean.
func (s *sheet) tail() {
	if s.More != "" {
		s.y += 34
		s.write(s.fit(s.writable(seen(s.More)), small, inner), small, margin, s.y-8, s.faint)
	}
	s.y += 16
	s.fill(image.Rect(margin, s.y, margin+inner, s.y+2), s.rule)
	s.y += 14
	x := margin
	for _, entry := range s.legend() {
		width := 44 + s.width(entry.words, small) + 26
		if x+width > margin+inner+26 {
			x, s.y = margin, s.y+36
		}
		s.band(image.Rect(x, s.y+6, x+34, s.y+26), entry.band)
		s.write(entry.words, small, x+44, s.y+24, s.faint)
		x += width
	}
	s.y += 36
}

type entry struct {
	band  Band
	words string
}

// legend is what the colours that are there mean.
func (s *sheet) legend() []entry {
	seenStatus := map[tracker.Status]bool{}
	var presumed, uncertain tracker.Status
	for _, row := range s.Rows {
		for _, b := range row.Bands {
			if !b.From.Before(s.To) || !b.To.IsZero() && !b.To.After(s.From) {
				continue
			}
			seenStatus[b.Status] = true
			if b.Presumed {
				presumed = b.Status
			}
			if b.Uncertain {
				uncertain = b.Status
			}
		}
	}
	var all []entry
	for _, status := range tracker.Statuses() {
		if seenStatus[status] {
			all = append(all, entry{Band{Status: status}, s.Words.Status[status]})
		}
	}
	if presumed != "" {
		all = append(all, entry{Band{Status: presumed, Presumed: true}, s.Words.Presumed})
	}
	if uncertain != "" {
		all = append(all, entry{Band{Status: uncertain, Uncertain: true}, s.Words.Uncertain})
	}
	return all
}
