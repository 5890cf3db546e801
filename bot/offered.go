package bot

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"derisk/tracker"
)

// offered is a value that may be completed to, with what it is found by: folded
// once, so that each key pressed costs no more than a look through words.
type offered struct {
	value   string
	title   tracker.Text     // what it is called, shown beside it; may be empty
	measure *tracker.Measure // whose status is shown too; nil where it is no measure

	key    string   // the value, folded
	titles []string // its names, folded
	words  string   // all that it is found by, folded: words of letters with a space before each
	status atomic.Pointer[shownStatus]
}

// shownStatus is a status in words, and until when it holds.
type shownStatus struct {
	words tracker.Text
	live  bool
	from  time.Time
	until time.Time
}

// offer makes a value ready to be found by its words, its title and more names.
func offer(value string, title tracker.Text, more ...string) *offered {
	o := &offered{value: value, title: title, key: fold(value)}
	found := []string{o.key}
	for _, name := range []string{title.EN, title.ZH} {
		if name = fold(name); name != "" {
			o.titles = append(o.titles, name)
		}
	}
	found = append(found, o.titles...)
	for _, name := range more {
		found = append(found, fold(name))
	}
	o.words = spaced(strings.Join(found, " "))
	return o
}

// fold makes what differs only in case or width the same.
func fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

// spaced puts a space before each word of a folded text, and leaves out all that
// is neither letter nor digit. Chinese characters end a word of others.
func spaced(folded string) string {
	var b strings.Builder
	b.Grow(len(folded) + len(folded)/4)
	before := noLetter
	for _, r := range folded {
		kind := kindOf(r)
		if kind != noLetter && kind != before {
			b.WriteByte(' ')
		}
		if before = kind; kind != noLetter {
			b.WriteRune(r)
		}
	}
	return b.String()
}

type letterKind int

const (
	noLetter letterKind = iota
	letter
	chinese
)

func kindOf(r rune) letterKind {
	switch {
	case r < unicode.MaxASCII:
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' {
			return letter
		}
		return noLetter
	case unicode.Is(unicode.Han, r):
		return chinese
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		return letter
	}
	return noLetter
}

// typing is what was typed, ready to be looked for.
type typing struct {
	key   string
	words []string // those of letters with the space before them; Chinese is found inside words too
}

// read takes what was typed. Where a name that was chosen is edited, only the
// value at its front counts.
func readTyping(typed string) typing {
	typed, _, _ = strings.Cut(typed, nameDot)
	t := typing{key: strings.TrimSpace(fold(typed))}
	for _, w := range strings.Fields(spaced(t.key)) {
		if first, _ := utf8.DecodeRuneInString(w); kindOf(first) != chinese {
			w = " " + w
		}
		t.words = append(t.words, w)
	}
	return t
}

// How well a value fits what was typed, the best first.
const (
	sameValue = iota
	valueBegins
	titleBegins
	wordsBegin
	allFits
)

// fits says how well the value fits; ok is false where it does not.
func (o *offered) fits(t typing) (how int, ok bool) {
	for _, w := range t.words {
		if !strings.Contains(o.words, w) {
			return 0, false
		}
	}
	switch {
	case t.key == "":
		return wordsBegin, true
	case o.key == t.key:
		return sameValue, true
	case strings.HasPrefix(o.key, t.key):
		return valueBegins, true
	case slices.ContainsFunc(o.titles, func(title string) bool { return strings.HasPrefix(title, t.key) }):
		return titleBegins, true
	}
	return wordsBegin, len(t.words) > 0
}

// likeliest are at most so many values that fit, the best first, of those that
// fit alike the live before the ended.
func likeliest(all []*offered, t typing, now time.Time, most int) []*offered {
	var by [allFits][]*offered
	for _, o := range all {
		if how, ok := o.fits(t); ok {
			by[how] = append(by[how], o)
		}
	}
	var found, ended []*offered
	for _, alike := range by {
		ended = ended[:0]
		for _, o := range alike {
			switch {
			case len(found) == most:
				return found
			case o.live(now):
				found = append(found, o)
			default:
				ended = append(ended, o)
			}
		}
		found = append(found, ended[:min(len(ended), most-len(found))]...)
	}
	return found
}

// live says that the value is no measure that has ended or has no status yet.
func (o *offered) live(now time.Time) bool { return o.measure == nil || o.told(now).live }

const quarter = 15 * time.Minute

// told is the measure's status now. It is kept as long as nothing can change it:
// every day of every zone begins at a quarter of an hour, and other instants are
// named by what comes next.
func (o *offered) told(now time.Time) *shownStatus {
	if s := o.status.Load(); s != nil && !now.Before(s.from) && now.Before(s.until) {
		return s
	}
	g := glance{Measure: o.measure, State: o.measure.At(now, tracker.Cut{})}
	s := &shownStatus{g.status(), g.Status != tracker.StatusEnded && g.Status != tracker.NoStatus, now, now.Truncate(quarter).Add(quarter)}
	if len(g.Next) > 0 && g.Next[0].On.Before(s.until) {
		s.until = g.Next[0].On
	}
	o.status.Store(s)
	return s
}

// nameDot parts what a choice is called.
const nameDot = " · "

// choice is the value as it is offered: its value whole, and beside it the title,
// cut to what Discord shows, and the status.
func (o *offered) choice(now time.Time) Choice {
	status := tracker.Text{}
	if o.measure != nil {
		status = o.told(now).words
	}
	return Choice{o.value, text(o.name(o.title.In("en"), status.EN), o.name(o.title.In("zh"), status.ZH))}
}

func (o *offered) name(title, status string) string {
	room := maxChoiceName - runes(o.value) - runes(nameDot)
	if status != "" {
		room -= runes(nameDot) + runes(status)
	}
	if title == o.value || room < leastTitle {
		title = ""
	}
	return strings.Join(nonEmpty(o.value, cut(strings.Join(strings.Fields(title), " "), max(room, leastTitle)), status), nameDot)
}

const leastTitle = 10 // characters of a title that are worth showing
