package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

// store is a whole installation in memory, with the starter facts.
type store struct {
	t        *testing.T
	facts    tracker.Facts
	subs     []tracker.Subscription
	settings map[string]string
	log      []tracker.Entry
	ledger   []Delivered      // nil: two deliveries
	fired    []tracker.Firing // newest first
	past     []tracker.Foretold
}

func newStore(t *testing.T) *store {
	t.Helper()
	facts, err := tracker.ReadFacts(os.DirFS("../measures.d"))
	if err != nil {
		t.Fatal(err)
	}
	return &store{t: t, facts: facts, settings: map[string]string{}}
}

func (s *store) env() Env {
	return Env{Facts: s, Reviews: s, Subscriptions: s, Recorder: s, Rules: rulesOf{s}, Settings: s, Deliveries: s.deliveries, Audit: s, Fired: s.about}
}

func (s *store) Snapshot(context.Context) (*tracker.Snapshot, error) {
	return tracker.NewSnapshot(s.facts)
}

func (s *store) AddReview(_ context.Context, r tracker.Review, _ string) (tracker.Review, error) {
	r.ID = fmt.Sprintf("r%d", len(s.facts.Reviews)+1)
	s.facts.Reviews = append(slices.Clone(s.facts.Reviews), r)
	return r, nil
}

func (s *store) change(owner, id string, do func(*tracker.Review)) error {
	s.facts.Reviews = slices.Clone(s.facts.Reviews)
	for i := range s.facts.Reviews {
		if r := &s.facts.Reviews[i]; r.ID == id && r.Owner == owner {
			do(r)
			return nil
		}
	}
	return tracker.ErrNotFound
}

func (s *store) StopReview(_ context.Context, owner, id string, stop tracker.Stop, _ string, _ time.Time) error {
	return s.change(owner, id, func(r *tracker.Review) { r.Stops = append(slices.Clone(r.Stops), stop) })
}

func (s *store) ResumeReview(_ context.Context, owner, id string, day tracker.Date, _ string, _ time.Time) error {
	return s.change(owner, id, func(r *tracker.Review) {
		r.Stops = slices.Clone(r.Stops)
		r.Stops[len(r.Stops)-1].Resumed = day
	})
}

func (s *store) DecideReview(_ context.Context, owner, id string, day tracker.Date, _ string, _ time.Time) error {
	return s.change(owner, id, func(r *tracker.Review) { r.Decided = day })
}

func (s *store) AddSubscription(_ context.Context, sub tracker.Subscription) (tracker.Subscription, error) {
	sub.ID = fmt.Sprintf("s%d", len(s.subs)+1)
	s.subs = append(s.subs, sub)
	return sub, nil
}

func (s *store) Subscriptions(_ context.Context, owner string) ([]tracker.Subscription, error) {
	var own []tracker.Subscription
	for _, sub := range s.subs {
		if owner == "" || sub.Owner == owner {
			own = append(own, sub)
		}
	}
	return own, nil
}

func (s *store) subscription(owner, id string, do func(*tracker.Subscription)) error {
	for i := range s.subs {
		if s.subs[i].ID == id && s.subs[i].Owner == owner {
			do(&s.subs[i])
			return nil
		}
	}
	return tracker.ErrNotFound
}

func (s *store) EditSubscription(_ context.Context, owner, id, _ string, _ time.Time, change func(*tracker.Subscription) error) (was, now tracker.Subscription, err error) {
	bad := s.subscription(owner, id, func(sub *tracker.Subscription) {
		was, now = *sub, *sub
		if err = change(&now); err == nil {
			*sub = now
		}
	})
	return was, now, cmp.Or(bad, err)
}

func (s *store) Drill(_ context.Context, owner, id string, severity tracker.Severity, now bool, _ string, at time.Time) (d tracker.Delivery, err error) {
	err = s.subscription(owner, id, func(sub *tracker.Subscription) {
		to := *sub
		if now {
			to.Quiet, to.Deliver = "", tracker.AtOnce
		}
		f := to.Drill(severity, at)
		d = tracker.Plan(to, f, at)
		s.ledger = append(s.ledger, Delivered{Delivery: d, Fired: f, For: *sub})
	})
	return d, err
}

func (s *store) PauseSubscription(_ context.Context, owner, id, why, _ string, _ time.Time) error {
	return s.subscription(owner, id, func(sub *tracker.Subscription) { sub.Paused = why })
}

func (s *store) ResumeSubscription(_ context.Context, owner, id, _ string, _ time.Time) error {
	return s.subscription(owner, id, func(sub *tracker.Subscription) { sub.Paused = "" })
}

func (s *store) DeleteSubscription(_ context.Context, owner, id, _ string, _ time.Time) error {
	s.subs = slices.DeleteFunc(s.subs, func(sub tracker.Subscription) bool { return sub.ID == id && sub.Owner == owner })
	return nil
}

func (s *store) Record(_ context.Context, measure string, e tracker.Event, by string, at time.Time) error {
	e.Recorded, e.RecordedBy = at, by
	s.facts.Measures = slices.Clone(s.facts.Measures)
	for i, m := range s.facts.Measures {
		if m.ID == measure {
			own := *m
			own.Events = append(slices.Clone(m.Events), e)
			s.facts.Measures[i] = &own
		}
	}
	return nil
}

func (s *store) Setting(_ context.Context, key string) (string, error) { return s.settings[key], nil }

func (s *store) SetSetting(_ context.Context, key, value string) error {
	s.settings[key] = value
	return nil
}

func (s *store) ChangeSetting(_ context.Context, key, value string, e tracker.Entry) error {
	s.settings[key] = value
	s.log = append(s.log, e)
	return nil
}

func (s *store) Audit(_ context.Context, q tracker.AuditQuery) (list []tracker.Entry, err error) {
	for _, e := range slices.Backward(s.log) {
		if e.Owner == q.Owner || e.Owner == "" {
			list = append(list, e)
		}
	}
	return list[:min(q.Limit, len(list))], nil
}

func (s *store) deliveries(_ context.Context, q DeliveryQuery) ([]Delivered, error) {
	all := []Delivered{
		{Delivery: tracker.Delivery{Firing: "f1", Subscription: "s1", State: tracker.Sent, Cause: tracker.CauseMatch}, Fired: firing("cn-mofcom-2025-58")},
		{Delivery: tracker.Delivery{Firing: "f2", Subscription: "s2", State: tracker.Failed, Cause: tracker.CauseAccess}, Fired: firing("cn-mofcom-2025-61")},
	}
	for _, r := range s.facts.Reviews {
		f := firing(r.ID)
		f.Owner, f.Message = r.Owner, text(r.Name+" is due", r.Name)
		all = append(all, Delivered{Delivery: tracker.Delivery{Firing: "f3", Subscription: "s1", State: tracker.Sent, Cause: tracker.CauseMatch}, Fired: f})
	}
	if s.ledger != nil {
		all = s.ledger
	}
	return slices.DeleteFunc(slices.Clone(all), func(d Delivered) bool {
		return q.Owner != "local" || q.Failed && d.State != tracker.Failed || q.Firing != "" && q.Firing != d.Firing ||
			q.Subscription != "" && q.Subscription != d.Subscription || q.Channel != "" && q.Channel != d.For.Channel || q.Posted && d.Post == ""
	}), nil
}

func (s *store) about(_ context.Context, _, what string, _ int) ([]tracker.Firing, error) {
	return slices.DeleteFunc(slices.Clone(s.fired), func(f tracker.Firing) bool { return what != f.ID && what != f.Rule && what != f.Subject }), nil
}

func firing(subject string) tracker.Firing {
	return tracker.Firing{At: time.Date(2026, 11, 3, 1, 0, 0, 0, time.UTC), Rule: "suspension-ending", Subject: subject, Kind: tracker.Began, Severity: tracker.Warning,
		Tags: []string{"lithium-battery", "battery"}, By: []string{"CN"}, Message: text("last day 10 November 2026, 7 days from now", "最后一日为2026年11月10日，还有7天")}
}

// rulesOf is one rule that fires once.
type rulesOf struct{ s *store }

func (r rulesOf) Rules(context.Context) ([]RuleInfo, error) {
	return []RuleInfo{
		{Name: "suspension-ending", About: "A suspension is about to lapse.", Each: "measure", Schedule: "0 9 * * *", Zone: "Asia/Shanghai", Next: time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC)},
		{Name: "broken", Faults: []string{"broken.yaml:3:7: no such name"}, Stale: true},
	}, nil
}

func (r rulesOf) find(rule string) error {
	if rule != "" && rule != "suspension-ending" {
		return missing("rule", "规则", rule, []string{"suspension-ending", "broken"})
	}
	return nil
}

func (r rulesOf) Explain(_ context.Context, q RuleQuestion) ([]RuleTrace, error) {
	if err := r.find(q.Rule); err != nil {
		return nil, err
	}
	if q.Subject == "" {
		return []RuleTrace{
			{Rule: q.Rule, Subject: "cn-mofcom-2025-18", Title: text("Rare earths", "稀土"), At: q.Now},
			{Rule: q.Rule, Subject: "cn-mofcom-2025-58", Title: text("Lithium batteries", "锂电池"), At: q.Now, Result: true},
		}, nil
	}
	return []RuleTrace{trace(q)}, nil
}

// trace is what a rule came to that does not hold, as one part fails.
func trace(q RuleQuestion) RuleTrace {
	zone := q.Now.Location()
	at := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 9, 0, 0, 0, zone) }
	const line = `when: measure.status == "suspended" and days_until(measure.until) in [30, 7]`
	fired := firing(q.Subject)
	today := tracker.MustDate("2026-11-25")
	return RuleTrace{
		Rule: q.Rule, Subject: q.Subject, Title: text("Lithium batteries", "锂电池"), At: q.Now,
		When: []RuleLine{{6, line}},
		Parts: []TracePart{
			{`measure.status`, json.RawMessage(`"in-force"`), 6, 7, RuleMark{6, 7, 14}, false},
			{`measure.status == "suspended"`, json.RawMessage("false"), 6, 7, RuleMark{6, 7, 29}, false},
			{`measure.status == "suspended" and days_until(measure.until) in [30, 7]`, json.RawMessage("false"), 6, 7, RuleMark{6, 37, 3}, true},
			{`days_until(measure.until)`, json.RawMessage("null"), 6, 41, RuleMark{6, 41, 25}, false},
			{`days_until(measure.until) in [30, 7]`, json.RawMessage("false"), 6, 41, RuleMark{6, 41, 36}, false},
			{`measure.until`, json.RawMessage("null"), 6, 52, RuleMark{6, 52, 13}, false},
		},
		Decisive: []int{1, 4}, From: map[int][]int{1: {0}, 4: {3}},
		Prev: at(11, 24), Last: at(11, 25), Next: at(11, 26),
		Live:  RuleLive{Ran: at(11, 25), Once: true, Before: at(11, 3)},
		Times: &RuleTimes{Held: at(11, 3), Ahead: at(12, 30), Back: at(1, 1)},
		Near: []RuleNear{
			{Part: `measure.status == "suspended"`, Would: text(`measure.status were "suspended"`, `measure.status 为 "suspended"`)},
			{Measure: q.Subject, Event: &tracker.Event{What: tracker.Suspended, On: today, Until: tracker.MustDate("2026-12-25")}},
			{Measure: q.Subject, Event: &tracker.Event{What: tracker.Amended, On: today, Terms: tracker.Terms{Rate: &tracker.Rate{Percent: 25}}}},
		},
		Firing: &fired,
	}
}

func (r rulesOf) ExplainFiring(_ context.Context, _, id string) (FiringTrace, error) {
	f := firing("cn-mofcom-2025-58")
	f.Digest, f.Revision, f.Facts = "d1", "c0ffee+changes", []string{"cn-mofcom-2025-58.suspended"}
	t := FiringTrace{RuleTrace: trace(RuleQuestion{Rule: f.Rule, Subject: f.Subject, Now: f.At}), Fired: f, Evaluated: f.At}
	if id == "other" {
		t.Differs = []string{"message", "facts"}
	}
	return t, nil
}

func (r rulesOf) Try(_ context.Context, q TryQuestion) (Trial, error) {
	t := Trial{Of: 49, Cost: 12, Most: 150_000, At: q.Now}
	switch q.Expression {
	case "measure.statu == 1":
		return t, wrong("%s", "%s", "expression:1:9: a measure has no field \"statu\"")
	case "false":
		return t, nil
	}
	for n := range 30 {
		t.Matches = append(t.Matches, TryMatch{Subject: fmt.Sprintf("m-%02d", n), Title: text("Batteries @everyone", "电池"), Values: []TryValue{
			{"measure.status", json.RawMessage(`"suspended"`)}, {"days_until(measure.until)", json.RawMessage(fmt.Sprint(n))}}})
	}
	return t, nil
}

func (r rulesOf) Backtest(_ context.Context, rule string, _, _ tracker.Date) ([]tracker.Foretold, error) {
	if r.s.past != nil {
		return r.s.past, r.find(rule)
	}
	return []tracker.Foretold{{Firing: firing("cn-mofcom-2025-58")}}, r.find(rule)
}

func (r rulesOf) Forecast(_ context.Context, rule string, _ int) ([]tracker.Foretold, error) {
	return nil, r.find(rule)
}

// asked is a request as the terminal makes it, on the day of the starter facts.
func asked(lang string) Request {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return Request{Lang: lang, Zone: zone, Query: tracker.Query{Now: time.Date(2026, 11, 25, 12, 0, 0, 0, zone)},
		Owner: "local", User: "local", Channel: TerminalChannel, MayAlert: true, MayRecord: true, MayReview: true, MayManage: true}
}

// say runs a typed line.
func (s *store) say(lang, line string) (Reply, error) {
	r, err := readLine(line, asked(lang))
	if err != nil {
		return Reply{}, err
	}
	return Run(context.Background(), s.env(), r)
}

// must is say for what has to work.
func (s *store) must(lang, line string) Reply {
	s.t.Helper()
	reply, err := s.say(lang, line)
	if err != nil {
		s.t.Fatalf("%s: %v", line, err)
	}
	return reply
}

func textOf(r Reply) string { return Draw{}.Text(r) }

func contains(t *testing.T, got string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("%q is not in:\n%s", w, got)
		}
	}
}
