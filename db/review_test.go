package db

import (
	"reflect"
	"testing"

	"derisk/tracker"
)

// applied is a review of guild 1, and the database that it is in.
func applied(t *testing.T) (*DB, tracker.Review) {
	t.Helper()
	d, _ := starter(t)
	r, err := d.AddReview(t.Context(), tracker.Review{Owner: "guild:1", Measure: battery, Name: "order 4711", Accepted: day("2026-03-02"), Recorded: noon}, "user:7")
	must(t, err)
	return d, r
}

func day(s string) tracker.Date { return tracker.MustDate(s) }

func TestReview(t *testing.T) {
	d, r := applied(t)
	ctx := t.Context()
	must(t, d.StopReview(ctx, "guild:1", r.ID, tracker.Stop{On: day("2026-03-10"), For: "expert-review"}, "user:7", noon))
	must(t, d.ResumeReview(ctx, "guild:1", r.ID, day("2026-03-20"), "user:7", noon))
	must(t, d.StopReview(ctx, "guild:1", r.ID, tracker.Stop{On: day("2026-03-20")}, "user:7", noon))
	must(t, d.DecideReview(ctx, "guild:1", r.ID, day("2026-04-01"), "user:7", noon))
	want := r
	want.ID, want.Decided = "r1", day("2026-04-01")
	want.Stops = []tracker.Stop{{On: day("2026-03-10"), Resumed: day("2026-03-20"), For: "expert-review"}, {On: day("2026-03-20")}}
	if got := snapshot(t, d).Reviews; len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("it is\n%+v, want\n%+v", got, want)
	}
	second, err := d.AddReview(ctx, tracker.Review{Owner: "local", Measure: battery, Accepted: day("2026-03-02"), Recorded: noon}, "user:7")
	must(t, err)
	if second.ID != "r2" || snapshot(t, d).Reviews[1].Stops != nil {
		t.Errorf("the second is %+v", second)
	}
}

func TestReviewRefuses(t *testing.T) {
	stop := func(on string) func(*DB, string, string) error {
		return func(d *DB, owner, id string) error {
			return d.StopReview(t.Context(), owner, id, tracker.Stop{On: day(on)}, "user:7", noon)
		}
	}
	resume := func(on string) func(*DB, string, string) error {
		return func(d *DB, owner, id string) error {
			return d.ResumeReview(t.Context(), owner, id, day(on), "user:7", noon)
		}
	}
	decide := func(on string) func(*DB, string, string) error {
		return func(d *DB, owner, id string) error {
			return d.DecideReview(t.Context(), owner, id, day(on), "user:7", noon)
		}
	}
	type step = func(*DB, string, string) error
	for _, c := range []struct {
		name   string
		before []step
		step   step
		owner  string
		is     error
		word   string
	}{
		{"stop what stands", []step{stop("2026-03-10")}, stop("2026-03-12"), "guild:1", ErrOrder, "2026-03-10"},
		{"resume what runs", nil, resume("2026-03-12"), "guild:1", ErrOrder, "not stopped"},
		{"resume twice", []step{stop("2026-03-10"), resume("2026-03-12")}, resume("2026-03-13"), "guild:1", ErrOrder, "not stopped"},
		{"stop before it was accepted", nil, stop("2026-03-01"), "guild:1", ErrOrder, "2026-03-02"},
		{"resume before it stopped", []step{stop("2026-03-10")}, resume("2026-03-09"), "guild:1", ErrOrder, "2026-03-10"},
		{"stop before it resumed", []step{stop("2026-03-10"), resume("2026-03-20")}, stop("2026-03-15"), "guild:1", ErrOrder, "2026-03-20"},
		{"decide before it stopped", []step{stop("2026-03-10")}, decide("2026-03-09"), "guild:1", ErrOrder, "2026-03-10"},
		{"stop what is decided", []step{decide("2026-03-10")}, stop("2026-03-12"), "guild:1", ErrOrder, "decided"},
		{"decide twice", []step{decide("2026-03-10")}, decide("2026-03-12"), "guild:1", ErrOrder, "decided"},
		{"another owner's", nil, stop("2026-03-10"), "guild:2", tracker.ErrNotFound, "r1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, r := applied(t)
			for _, s := range c.before {
				must(t, s(d, "guild:1", r.ID))
			}
			before := snapshot(t, d)
			refused(t, c.step(d, c.owner, r.ID), c.is, c.word)
			if snapshot(t, d) != before {
				t.Error("something was stored")
			}
		})
	}
	d, _ := applied(t)
	_, err := d.AddReview(t.Context(), tracker.Review{Owner: "local", Measure: "no-such", Accepted: day("2026-03-02")}, "user:7")
	refused(t, err, tracker.ErrNotFound)
}
