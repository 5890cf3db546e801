package tracker

import "testing"

func TestACorrectionSaysWhatIsDifferent(t *testing.T) {
	for _, tt := range []struct {
		name string
		by   Event
		want string
	}{
		{"another last day", Event{What: Corrected, Until: MustDate("2026-11-12")}, "e: last day 2026-11-12"},
		{"an instant is no last day", Event{What: Corrected, Until: MustDate("2026-11-10T05:01:00Z")}, "e: stops 2026-11-10T05:01:00Z"},
		{"what has no short form", Event{What: Corrected, Terms: Terms{Rate: &Rate{Percent: 25}}}, "e: rate changed"},
		{"what is taken out", Event{What: Corrected, Clear: []string{"until", "note"}}, "e: no until"},
		{"other evidence moves a status", Event{What: Corrected, Evidence: Press}, "e: evidence press"},
		{"withdrawn", Event{What: Withdrawn}, "e was withdrawn"},
		// dgtlmoon/changedetection.io#1432: "changed" where nothing real had changed.
		{"other words and sources", Event{What: Corrected, Note: Text{EN: "worded anew"}, Sources: []Source{{Title: "another"}}, Clear: []string{"note"}}, ""},
		{"any other event", Event{What: Suspended, Until: MustDate("2026-11-12")}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.by.Of = "e"
			if got := tt.by.CorrectionWords(); got.EN != tt.want || (got.ZH == "") != (tt.want == "") {
				t.Errorf("%q, want %q; Chinese %q", got.EN, tt.want, got.ZH)
			}
		})
	}
}
