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
	{"weekday", 0, 7, strings.Fields("sun mon tue wed thu fri sat"), "*, 1-5 or mon,fri"},
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
	case from > to && f.words == nil:
		return fmt.Sprintf("the %s %s-%s goes backwards", f.name, first, last), fmt.Sprintf("write %s-%d,%d-%s", first, f.high, f.low, last)
	}
	return "", ""
}

// plainFields is a line in which robfig/cron can read every entry: it knows no
// 7 for Sunday, and no range that goes on over the end of a week or a year.
func plainFields(line string) string {
	fields := strings.Fields(line)
	for i, text := range fields {
		entries := strings.Split(text, ",")
		for j, entry := range entries {
			entries[j] = cronFields[i].plain(entry)
		}
		fields[i] = strings.Join(entries, ",")
	}
	return strings.Join(fields, " ")
}

// plain writes out an entry such as fri-mon: 5,6,0,1.
func (f cronField) plain(entry string) string {
	span, step, _ := strings.Cut(entry, "/")
	first, last, ranged := strings.Cut(span, "-")
	from, ok := f.value(first)
	if f.words == nil || !ok {
		return entry
	}
	count := len(f.words)
	from = f.low + (from-f.low)%count
	if !ranged {
		return strconv.Itoa(from) + entry[len(span):]
	}
	to, _ := f.value(last)
	if first == last {
		to = from
	} else if to < from {
		to += count
	}
	var values []string
	by, _ := strconv.Atoi(step)
	for v := from; v <= to; v += max(1, by) {
		values = append(values, strconv.Itoa(f.low+(v-f.low)%count))
	}
	return strings.Join(values, ",")
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
