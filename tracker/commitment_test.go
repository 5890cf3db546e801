package tracker

import "testing"

func TestCommitmentStatusOn(t *testing.T) {
	for _, c := range []struct {
		name, due, status, day string
		want                   Standing
	}{
		{"before its day", "2026-04-20", "unknown", "2026-04-19", PromiseDue},
		{"on its day", "2026-04-20", "unknown", "2026-04-20", PromiseDue},
		{"the day after, nothing seen", "2026-04-20", "unknown", "2026-04-21", PromisePastDue},
		{"the day after, still called due", "2026-04-20", "due", "2026-04-21", PromisePastDue},
		{"met", "2026-04-20", "met", "2026-11-25", PromiseMet},
		{"missed", "2026-04-20", "missed", "2026-11-25", PromiseMissed},
		{"within the year of its due date", "2026", "unknown", "2026-12-31", PromiseDue},
		{"after the year of its due date", "2026", "unknown", "2027-01-01", PromisePastDue},
		{"after the half-year", "2026-H1", "unknown", "2026-07-01", PromisePastDue},
		{"no day at all", "", "unknown", "2026-11-25", PromiseOpen},
		{"no day, called due", "", "due", "2026-11-25", PromiseDue},
	} {
		commitment := Commitment{Status: c.status}
		if c.due != "" {
			commitment.Due = MustDate(c.due)
		}
		if got := commitment.StatusOn(MustDate(c.day)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
