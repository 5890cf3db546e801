package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// cronField is one of the five fields of a line.
type cronField struct {
	name      string
	low, high int
	words     []string // for low and what follows
	example   string
}

// cronFields are those of a line, in order.
var cronFields = [5]cronField{
	{"minute", 0, 59, nil, "0, 30 or */15"},
	{"hour", 0, 23, nil, "9, 9,17 or 9-17"},
	{"day", 1, 31, nil, "1, 1,15 or *"},
	{"month", 1, 12, strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec"), "*, 1-6 or jan,jul"},
	{"weekday", 0, 6, strings.Fields("sun mon tue wed thu fri sat"), "*, 1-5 or mon,fri"},
}

const cronExample = "write five fields such as 0 9 * * 1-5: minute, hour, day, month, weekday"

// checkFields finds what is wrong in the fields of a line, each at its place. robfig/cron
// says that something is wrong, not where, and reads some slips as no time at all.
func checkFields(line string) (faults []fault) {
	at := 0
	for i, text := range strings.Fields(line) {
		at += strings.Index(line[at:], text)
		from := utf8.RuneCountInString(line[:at])
		for entry := range strings.SplitSeq(text, ",") {
			to := from + utf8.RuneCountInString(entry)
			if message, hint := cronFields[i].check(entry); message != "" {
				faults = append(faults, fault{from, max(to, from+1), message, hint})
			}
			from = to + 1
		}
		at += len(text)
	}
	return faults
}

// check says what is wrong with one entry of a field's list, and what to write.
func (f cronField) check(entry string) (message, hint string) {
	span, step, stepped := strings.Cut(entry, "/")
	hint = fmt.Sprintf("write %s", f.example)
	if n, err := strconv.Atoi(step); stepped && (err != nil || n < 1 || n > f.high || len(step) > 2) {
		return fmt.Sprintf("the %s %.40q needs a step from 1 to %d after /", f.name, entry, f.high), hint
	}
	if span == "*" || span == "?" {
		return "", ""
	}
	first, last, ranged := strings.Cut(span, "-")
	from, ok := f.value(first)
	if !ok {
		return f.unknown(first)
	}
	if !ranged {
		return "", ""
	}
	to, ok := f.value(last)
	switch {
	case !ok:
		return f.unknown(last)
	case from > to:
		return fmt.Sprintf("the %s %s-%s goes backwards", f.name, first, last), f.backwards(first, last)
	}
	return "", ""
}

// backwards is a range that goes over the end, as two entries.
func (f cronField) backwards(first, last string) string {
	end, begin := strconv.Itoa(f.high), strconv.Itoa(f.low)
	if f.words != nil && len(first) == 3 {
		end, begin = f.words[len(f.words)-1], f.words[0]
	}
	return fmt.Sprintf("write %s-%s,%s-%s", first, end, begin, last)
}

// value reads a number or a word within the field's bounds.
func (f cronField) value(text string) (int, bool) {
	if i := slices.Index(f.words, strings.ToLower(text)); i >= 0 {
		return f.low + i, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && len(text) <= 2 && text[0] != '+' && n >= f.low && n <= f.high
}

// unknown says why a text is no value of the field.
func (f cronField) unknown(text string) (message, hint string) {
	hint = fmt.Sprintf("write %s", f.example)
	n, err := strconv.Atoi(text)
	switch {
	case text == "":
		return fmt.Sprintf("the %s has an empty entry", f.name), hint
	case f.name == "weekday" && text == "7":
		return "the weekday 7 is not known", "write 0 for Sunday"
	case err == nil && n >= 0:
		return fmt.Sprintf("the %s %.40s is not between %d and %d", f.name, text, f.low, f.high), hint
	case f.words != nil && len(text) > 3 && slices.Contains(f.words, strings.ToLower(text[:3])):
		return fmt.Sprintf("the %s %.40q is not known", f.name, text), fmt.Sprintf("write %s", strings.ToLower(text[:3]))
	case strings.ContainsAny(text, "LW#") && len(text) <= 4:
		return fmt.Sprintf("the %s %q is not known: L, W and # are not part of a schedule here", f.name, text), hint
	case f.words != nil && strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }):
		return fmt.Sprintf("the %s %.40q is not known", f.name, text), hint
	case f.words != nil:
		return fmt.Sprintf("the %s %.40q is not known", f.name, text), didYouMean(text, f.words)
	}
	return fmt.Sprintf("the %s %.40q is not a number", f.name, text), hint
}
