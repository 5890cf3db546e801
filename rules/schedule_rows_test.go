package rules

import (
	"os"
	"strings"
	"testing"
	"time"
)

// TestNextTimesOfOthers compares with the tables of robfig/cron, croniter and
// Cronos. A row that differs says why, and must differ.
func TestNextTimesOfOthers(t *testing.T) {
	data, err := os.ReadFile("testdata/schedules.txt")
	if err != nil {
		t.Fatal(err)
	}
	for n, row := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if strings.HasPrefix(row, "#") {
			continue
		}
		f := strings.Split(row, " | ")
		differs := len(f) > 5
		if wrong := otherSays(t, f); (wrong != "") != differs {
			t.Errorf("line %d: %s: %s", n+1, row, wrong)
		}
	}
}

// otherSays is what we have instead of what the row says.
func otherSays(t *testing.T, f []string) string {
	z := zone(t, f[1])
	s, err := ParseSchedule(f[0], z)
	if f[3] == "never" {
		if err == nil {
			return "is accepted"
		}
		return ""
	}
	if err != nil {
		return err.Error()
	}
	at := rowTime(t, f[2], z)
	switch f[3] {
	case "is", "is-not":
		if s.Next(at.Add(-time.Second)).Equal(at) != (f[3] == "is") {
			return "is not so"
		}
		return ""
	case "from":
		at = at.Add(-time.Nanosecond)
	}
	for text := range strings.FieldsSeq(f[4]) {
		if f[3] == "before" {
			at = s.Last(at.Add(-time.Nanosecond))
		} else {
			at = s.Next(at)
		}
		if !at.Equal(rowTime(t, text, z)) {
			return at.Format(time.RFC3339)
		}
	}
	return ""
}

func rowTime(t *testing.T, text string, z *time.Location) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02T15:04:05.999999999", text, z)
	if err != nil {
		at, err = time.Parse(time.RFC3339Nano, text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return at
}
