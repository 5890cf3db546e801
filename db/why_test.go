package db

import (
	"slices"
	"testing"
	"time"

	"derisk/tracker"
)

func TestFiringsAreFoundByIDRuleAndMeasure(t *testing.T) {
	d := fresh(t)
	o := outcome("r", noon, 3)
	o.Firings[0].Measures, o.Firings[1].Measures = []string{"cn-1", "cn-10"}, []string{"cn-10"}
	o.Firings[2].Owner = "guild:1"
	must(t, d.Commit(t.Context(), o, noon))
	must(t, d.Commit(t.Context(), outcome("q", noon.Add(time.Hour), 1), noon.Add(time.Hour)))
	for _, c := range []struct {
		owner, what string
		limit       int
		want        []string
	}{
		{"guild:1", o.Firings[1].ID, 5, []string{"r m1"}},
		{"guild:1", "r", 5, []string{"r m2", "r m1", "r m0"}},
		{"guild:1", "r", 2, []string{"r m2", "r m1"}},
		{"guild:2", "r", 5, []string{"r m1", "r m0"}},
		{"", o.Firings[2].ID, 5, nil},
		{"", "cn-1", 5, []string{"r m0"}},
		{"", "cn-10", 5, []string{"r m1", "r m0"}},
		{"", "m0", 5, []string{"q m0", "r m0"}},
		{"", `%' OR 1 = 1 --`, 5, nil},
	} {
		all, err := d.FiringsAbout(t.Context(), c.owner, c.what, c.limit)
		must(t, err)
		var got []string
		for _, f := range all {
			got = append(got, f.Rule+" "+f.Subject)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s about %s: %q, want %q", c.owner, c.what, got, c.want)
		}
	}
}

func TestDeliveriesOfAChannelAndAFiring(t *testing.T) {
	d := fresh(t)
	filtered := everything("c")
	filtered.Filter = "rule:another"
	subscribed(t, d, everything("c"), filtered, everything("d"))
	o := outcome("r", noon, 2)
	must(t, d.Commit(t.Context(), o, noon))
	must(t, d.Gather(t.Context(), noon))
	for want, q := range map[int]DeliveryQuery{
		6: {}, 4: {Channel: "c"}, 2: {Subscription: "s3"}, 3: {Firing: o.Firings[0].ID}, 1: {Firing: o.Firings[0].ID, Channel: "d", Owner: "guild:1"},
		0: {Owner: "guild:2", Posted: true},
	} {
		if rows, err := d.Deliveries(t.Context(), q); err != nil || len(rows) != want {
			t.Errorf("%+v: %d, %v, want %d", q, len(rows), err, want)
		}
	}
	rows, err := d.Deliveries(t.Context(), DeliveryQuery{Posted: true})
	if must(t, err); len(rows) != 4 || rows[0].Post == "" || rows[0].State != tracker.Waiting {
		t.Errorf("in posts: %+v", rows)
	}
}
