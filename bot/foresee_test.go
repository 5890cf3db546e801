package bot

import (
	"context"
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

func TestTellForetold(t *testing.T) {
	ground := func(what tracker.What, field tracker.Field, date string) tracker.Ground {
		return tracker.Ground{Event: "m.x", What: what, Field: field, Date: tracker.MustDate(date)}
	}
	lapse := ground(tracker.Suspended, tracker.FieldUntil, "2026-11-10")
	lapse.Basis = tracker.Lapse
	unless := ground(tracker.Effective, tracker.FieldUntil, "2026-Q4")
	unless.Basis, unless.Unless = tracker.Conditional, tracker.Text{EN: "Congress extends", ZH: "国会延长"}
	due := tracker.Ground{Event: "r1", Field: tracker.FieldDue, Date: tracker.MustDate("2027-01-08"), DueIs: tracker.Estimate, Calendar: "CN"}
	tests := []struct {
		name   string
		f      tracker.Foretold
		en, zh string
	}{
		{"a snap-back", tracker.Foretold{Because: []tracker.Ground{lapse}, Status: tracker.StatusInForce, Presumed: true, Changes: []tracker.Change{"extended", "ended"}},
			"suspended, last day 10 November 2026, by dates alone, if no notice comes (m.x); in force then, presumed; what would change it: extended, ended",
			"暂停，最后一日为2026年11月10日，仅依日期推算，如无公告（m.x）；届时推定为有效；可改变此情形的事件：延长、终止"},
		{"a condition, by a coarse date", tracker.Foretold{Because: []tracker.Ground{unless}},
			"effective, to an end known only as Q4 2026, unless Congress extends (m.x)", "生效，结束时间仅知为2026年第4季度，除非国会延长（m.x）"},
		{"a review by estimate", tracker.Foretold{Because: []tracker.Ground{due}, Changes: []tracker.Change{tracker.ChangeStop}},
			"due 8 January 2027, an estimate: no calendar of CN is announced that far; what would change it: a stop of the clock",
			"2027年1月8日到期（估计：CN的日历尚未公布至该日）；可改变此情形的事件：中止计时"},
		{"nothing dated", tracker.Foretold{}, "no date on record brings it about: it is due by the rule's own schedule", "并无已记录的日期促成：仅依规则自身的排程"},
	}
	for _, tt := range tests {
		got := TellForetold(tt.f)
		if got.EN != tt.en || got.ZH != tt.zh {
			t.Errorf("%s\n got %s\n     %s\nwant %s\n     %s", tt.name, got.EN, got.ZH, tt.en, tt.zh)
		}
	}
}

// Every field and every change has words in both languages.
func TestGroundsHaveWords(t *testing.T) {
	for _, field := range tracker.Fields() {
		told := tellGround(tracker.Ground{Event: "m.x", What: tracker.Postponed, Field: field, Date: tracker.MustDate("2026-11-10")}, time.UTC)
		if !strings.Contains(told.EN, " 10 November 2026") || !strings.Contains(told.ZH, "2026年11月10日") || strings.HasPrefix(told.EN, " ") || strings.Contains(told.EN, "%") {
			t.Errorf("%s: %q %q", field, told.EN, told.ZH)
		}
	}
	for _, c := range []tracker.Change{tracker.ChangeStop, tracker.ChangeDecide, tracker.ChangeDue, tracker.ChangeStatus} {
		if words := changeName(c); words.EN == string(c) || words.ZH == string(c) {
			t.Errorf("%s has no words", c)
		}
	}
}

// A review's firings are shown to its owner and to nobody else.
func TestForetoldReviewsAreTheirOwners(t *testing.T) {
	theirs := tracker.Foretold{Firing: firing("cn-mofcom-2025-58")}
	theirs.Owner, theirs.Message = "guild:2", tracker.Text{EN: "a secret application", ZH: "秘密申请"}
	for _, line := range []string{"rule backtest from:2026-01-01", "rule forecast"} {
		for owner, shown := range map[string]bool{"guild:1": false, "guild:2": true} {
			r, err := readLine(line, asked("en"))
			if err != nil {
				t.Fatal(err)
			}
			r.Owner = owner
			s := newStore(t)
			env := s.env()
			env.Rules = foretelling{rulesOf{s}, []tracker.Foretold{theirs}}
			reply, err := Run(context.Background(), env, r)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(Draw{}.Text(reply), "secret"); got != shown {
				t.Errorf("%s to %s: shown %v", line, owner, got)
			}
		}
	}
}

// foretelling foretells what it holds.
type foretelling struct {
	rulesOf
	all []tracker.Foretold
}

func (f foretelling) Backtest(context.Context, string, tracker.Date, tracker.Date) ([]tracker.Foretold, error) {
	return f.all, nil
}

func (f foretelling) Forecast(context.Context, string, int) ([]tracker.Foretold, error) {
	return f.all, nil
}
