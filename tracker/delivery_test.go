package tracker

import "testing"

func TestPlan(t *testing.T) {
	review := Firing{ID: "f", Severity: Critical, Owner: "guild:1"}
	for _, c := range []struct {
		name  string
		s     Subscription
		at    string
		state DeliveryState
		cause Cause
		due   string // empty: none
	}{
		{"at once", Subscription{}, "2026-11-11T01:00:00Z", Waiting, CauseMatch, "2026-11-11T01:00:00Z"},
		{"somebody else's review", Subscription{Owner: "guild:2", Paused: "holiday"}, "2026-11-11T01:00:00Z", NotSent, CauseOwner, ""},
		{"another filter", Subscription{Filter: "tag:battery", Paused: "holiday"}, "2026-11-11T01:00:00Z", NotSent, CauseFilter, ""},
		{"a filter that cannot be read", Subscription{Filter: "tga:battery"}, "2026-11-11T01:00:00Z", NotSent, CauseFilter, ""},
		{"paused", Subscription{Paused: "no access since Monday"}, "2026-11-11T01:00:00Z", NotSent, CausePaused, ""},

		{"a minute before quiet hours", Subscription{Quiet: "22:00-07:00"}, "2026-11-11T21:59:59+08:00", Waiting, CauseMatch, "2026-11-11T21:59:59+08:00"},
		{"quiet hours begin, critical or not", Subscription{Quiet: "22:00-07:00"}, "2026-11-11T22:00:00+08:00", Held, CauseQuiet, "2026-11-12T07:00:00+08:00"},
		{"after midnight", Subscription{Quiet: "22:00-07:00"}, "2026-11-12T03:00:00+08:00", Held, CauseQuiet, "2026-11-12T07:00:00+08:00"},
		{"last second of quiet hours", Subscription{Quiet: "22:00-07:00"}, "2026-11-12T06:59:59+08:00", Held, CauseQuiet, "2026-11-12T07:00:00+08:00"},
		{"quiet hours end", Subscription{Quiet: "22:00-07:00"}, "2026-11-12T07:00:00+08:00", Waiting, CauseMatch, "2026-11-12T07:00:00+08:00"},
		{"quiet at noon", Subscription{Quiet: "12:30-13:15"}, "2026-11-12T12:30:00+08:00", Held, CauseQuiet, "2026-11-12T13:15:00+08:00"},
		{"awake at night, quiet at noon", Subscription{Quiet: "12:30-13:15"}, "2026-11-12T03:00:00+08:00", Waiting, CauseMatch, "2026-11-12T03:00:00+08:00"},
		{"the zone of the channel counts", Subscription{Quiet: "22:00-07:00", Zone: "America/New_York"}, "2026-11-11T22:00:00+08:00", Waiting, CauseMatch, "2026-11-11T22:00:00+08:00"},
		{"three in the morning in New York", Subscription{Quiet: "22:00-07:00", Zone: "America/New_York"}, "2026-11-11T16:00:00+08:00", Held, CauseQuiet, "2026-11-11T07:00:00-05:00"},

		// Berlin skips 02:00 to 03:00 on 29 March 2026 and shows it twice on 25 October.
		{"quiet hours that end in the gap", Subscription{Quiet: "22:00-02:30", Zone: "Europe/Berlin"}, "2026-03-29T01:59:00+01:00", Held, CauseQuiet, "2026-03-29T03:00:00+02:00"},
		{"quiet hours within the gap", Subscription{Quiet: "02:10-02:50", Zone: "Europe/Berlin"}, "2026-03-29T03:00:00+02:00", Waiting, CauseMatch, "2026-03-29T03:00:00+02:00"},
		{"a night that is an hour shorter", Subscription{Quiet: "22:00-07:00", Zone: "Europe/Berlin"}, "2026-03-28T23:00:00+01:00", Held, CauseQuiet, "2026-03-29T07:00:00+02:00"},
		{"a night that is an hour longer", Subscription{Quiet: "22:00-07:00", Zone: "Europe/Berlin"}, "2026-10-24T23:00:00+02:00", Held, CauseQuiet, "2026-10-25T07:00:00+01:00"},
		{"the end is shown twice, before the first", Subscription{Quiet: "22:00-02:30", Zone: "Europe/Berlin"}, "2026-10-25T02:15:00+02:00", Held, CauseQuiet, "2026-10-25T02:30:00+01:00"},
		{"the end is shown twice, between", Subscription{Quiet: "22:00-02:30", Zone: "Europe/Berlin"}, "2026-10-25T02:10:00+01:00", Held, CauseQuiet, "2026-10-25T02:30:00+01:00"},
		{"the beginning is shown twice, between", Subscription{Quiet: "02:30-07:00", Zone: "Europe/Berlin"}, "2026-10-25T02:10:00+01:00", Held, CauseQuiet, "2026-10-25T07:00:00+01:00"},

		{"hourly", Subscription{Deliver: Hourly}, "2026-11-11T09:00:00+08:00", Held, CauseDigest, "2026-11-11T10:00:00+08:00"},
		{"hourly where the clocks are half an hour off", Subscription{Deliver: Hourly, Zone: "Asia/Kolkata"}, "2026-11-11T09:10:00+05:30", Held, CauseDigest, "2026-11-11T10:00:00+05:30"},
		{"daily, in the morning", Subscription{Deliver: Daily}, "2026-11-11T08:59:59+08:00", Held, CauseDigest, "2026-11-11T09:00:00+08:00"},
		{"daily, on the dot", Subscription{Deliver: Daily}, "2026-11-11T09:00:00+08:00", Held, CauseDigest, "2026-11-12T09:00:00+08:00"},
		{"daily, over a change of clocks", Subscription{Deliver: Daily, Zone: "Europe/Berlin"}, "2026-03-28T10:00:00+01:00", Held, CauseDigest, "2026-03-29T09:00:00+02:00"},
		{"weekly, on a Wednesday", Subscription{Deliver: Weekly}, "2026-11-11T10:00:00+08:00", Held, CauseDigest, "2026-11-16T09:00:00+08:00"},
		{"weekly, early on Monday", Subscription{Deliver: Weekly}, "2026-11-16T08:00:00+08:00", Held, CauseDigest, "2026-11-16T09:00:00+08:00"},
		{"weekly, late on Monday, over the new year", Subscription{Deliver: Weekly}, "2026-12-28T10:00:00+08:00", Held, CauseDigest, "2027-01-04T09:00:00+08:00"},
		{"daily at half past seven, before", Subscription{Deliver: Daily, At: "07:30"}, "2026-11-11T07:29:59+08:00", Held, CauseDigest, "2026-11-11T07:30:00+08:00"},
		{"daily at half past seven, on the dot", Subscription{Deliver: Daily, At: "7:30"}, "2026-11-11T07:30:00+08:00", Held, CauseDigest, "2026-11-12T07:30:00+08:00"},
		{"daily at midnight", Subscription{Deliver: Daily, At: "00:00"}, "2026-11-11T23:00:00+08:00", Held, CauseDigest, "2026-11-12T00:00:00+08:00"},
		{"daily at a time that the clocks skip", Subscription{Deliver: Daily, At: "02:30", Zone: "Europe/Berlin"}, "2026-03-28T10:00:00+01:00", Held, CauseDigest, "2026-03-29T03:00:00+02:00"},
		{"daily at a time that the clocks show twice, before", Subscription{Deliver: Daily, At: "02:30", Zone: "Europe/Berlin"}, "2026-10-25T01:00:00+02:00", Held, CauseDigest, "2026-10-25T02:30:00+02:00"},
		{"daily at a time that the clocks show twice, between", Subscription{Deliver: Daily, At: "02:30", Zone: "Europe/Berlin"}, "2026-10-25T02:40:00+02:00", Held, CauseDigest, "2026-10-26T02:30:00+01:00"},
		{"weekly on Friday, on a Wednesday", Subscription{Deliver: Weekly, At: "fri 16:00"}, "2026-11-11T10:00:00+08:00", Held, CauseDigest, "2026-11-13T16:00:00+08:00"},
		{"weekly on Friday, too late", Subscription{Deliver: Weekly, At: "Friday 16:00"}, "2026-11-13T16:00:00+08:00", Held, CauseDigest, "2026-11-20T16:00:00+08:00"},
		{"weekly on Sunday, in Chinese", Subscription{Deliver: Weekly, At: "周日 08:00"}, "2026-11-11T10:00:00+08:00", Held, CauseDigest, "2026-11-15T08:00:00+08:00"},
		{"weekly at half past seven is on Monday", Subscription{Deliver: Weekly, At: "07:30"}, "2026-11-11T10:00:00+08:00", Held, CauseDigest, "2026-11-16T07:30:00+08:00"},
		{"weekly over a change of clocks", Subscription{Deliver: Weekly, At: "sun 02:15", Zone: "Europe/Berlin"}, "2026-03-23T10:00:00+01:00", Held, CauseDigest, "2026-03-29T03:00:00+02:00"},
		{"a time that cannot be read is nine o'clock", Subscription{Deliver: Daily, At: "noon"}, "2026-11-11T08:59:59+08:00", Held, CauseDigest, "2026-11-11T09:00:00+08:00"},
		{"a digest due in quiet hours", Subscription{Deliver: Daily, Quiet: "22:00-10:30"}, "2026-11-11T12:00:00+08:00", Held, CauseDigest, "2026-11-12T10:30:00+08:00"},
		{"an hourly digest due in the night", Subscription{Deliver: Hourly, Quiet: "22:00-07:00"}, "2026-11-11T21:30:00+08:00", Held, CauseDigest, "2026-11-12T07:00:00+08:00"},
		{"quiet hours that cannot be read hold nothing", Subscription{Quiet: "at night"}, "2026-11-11T23:00:00+08:00", Waiting, CauseMatch, "2026-11-11T23:00:00+08:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.s.ID = "s"
			if c.s.Owner == "" {
				c.s.Owner = "guild:1"
			}
			if c.s.Zone == "" {
				c.s.Zone = "Asia/Shanghai"
			}
			if c.s.Deliver == "" {
				c.s.Deliver = AtOnce
			}
			got := Plan(c.s, review, rfc(t, c.at))
			if got.Firing != "f" || got.Subscription != "s" || got.State != c.state || got.Cause != c.cause {
				t.Errorf("got %+v, want %s because of %s", got, c.state, c.cause)
			}
			if due := c.due; due == "" && !got.Due.IsZero() || due != "" && !got.Due.Equal(rfc(t, due)) {
				t.Errorf("due %s, want %q", got.Due, due)
			}
		})
	}
}

func TestParseQuiet(t *testing.T) {
	for _, c := range []struct{ text, want, fault string }{
		{"", "", ""},
		{"22:00-07:00", "22:00-07:00", ""},
		{" 00:00 – 06:30 ", "00:00-06:30", ""},
		{"10pm-7am", "", `"10pm-7am" are no quiet hours: write two times from 00:00 to 23:59, such as 22:00-07:00`},
		{"22:00-24:00", "", `"22:00-24:00" are no quiet hours: write two times from 00:00 to 23:59, such as 22:00-07:00`},
		{"7:00-8:00", "", `"7:00-8:00" are no quiet hours: write two times from 00:00 to 23:59, such as 22:00-07:00`},
		{"22:00-22:00", "", `quiet hours "22:00-22:00" would never end: write a later end, or pause the subscription`},
	} {
		q, err := ParseQuiet(c.text)
		if fault := ""; err != nil {
			fault = err.Error()
			if fault != c.fault {
				t.Errorf("ParseQuiet(%q): %s, want %q", c.text, fault, c.fault)
			}
		} else if q.String() != c.want || c.fault != "" {
			t.Errorf("ParseQuiet(%q) = %s, want %q %s", c.text, q, c.want, c.fault)
		}
	}
}

func TestSubscriptionCheck(t *testing.T) {
	good := Subscription{Filter: "tag:battery", Lang: "zh", Zone: "Asia/Shanghai", Deliver: Daily, Quiet: "22:00-07:00"}
	for _, c := range []struct {
		name, fault string
		change      func(s *Subscription)
	}{
		{"good", "", func(*Subscription) {}},
		{"filter", `"tga:battery": a filter has no "tga": did you mean "tag"?`, func(s *Subscription) { s.Filter = "tga:battery" }},
		{"language", `"fr" is not a language: write en or zh`, func(s *Subscription) { s.Lang = "fr" }},
		{"zone", `"Beijing" is not a zone: write an IANA name such as Asia/Shanghai`, func(s *Subscription) { s.Zone = "Beijing" }},
		{"the machine's own zone", `"Local" is not a zone: write an IANA name such as Asia/Shanghai`, func(s *Subscription) { s.Zone = "Local" }},
		{"delivery", `"dayly" is not a time of delivery: did you mean "daily"?`, func(s *Subscription) { s.Deliver = "dayly" }},
		{"time of digests", `"noon" is no time for a digest: write one such as 07:30, or with a day fri 16:00`, func(s *Subscription) { s.At = "noon" }},
		{"no digest at that time", `"24:00" is no time for a digest: write one such as 07:30, or with a day fri 16:00`, func(s *Subscription) { s.At = "24:00" }},
		{"a time for what goes out at once", `a time of "07:30" is for daily and weekly digests, and these posts go out at-once`, func(s *Subscription) { s.Deliver, s.At = AtOnce, "07:30" }},
		{"a day for what goes out daily", `"fri 16:00" names a day of the week, and a daily digest has none: leave it out, or make it weekly`, func(s *Subscription) { s.At = "fri 16:00" }},
		{"a day for what goes out weekly", "", func(s *Subscription) { s.Deliver, s.At = Weekly, "fri 16:00" }},
		{"quiet", `"night" are no quiet hours: write two times from 00:00 to 23:59, such as 22:00-07:00`, func(s *Subscription) { s.Quiet = "night" }},
	} {
		s := good
		c.change(&s)
		if err := s.Check(); err == nil && c.fault != "" || err != nil && err.Error() != c.fault {
			t.Errorf("%s: %v, want %q", c.name, err, c.fault)
		}
	}
}

func TestParseDigestTime(t *testing.T) {
	for text, want := range map[string]string{
		"": "09:00", "7:05": "07:05", " 23:59 ": "23:59", "07：30": "07:30", "Fri 16:00": "fri 16:00", "friday@16:00": "fri 16:00", "SUN-0:00": "sun 00:00",
		"周五16:00": "fri 16:00", "星期天 08:00": "sun 08:00", "礼拜一 8:00": "mon 08:00", "周日 08:00": "sun 08:00",
		"25:00": "?", "fri": "?", "16": "?", "16:60": "?", "day 16:00": "?", "周八 16:00": "?", "fri16:00": "?", "07:30 fri": "?",
	} {
		at, err := ParseDigestTime(text)
		if got := at.String(); err != nil && want != "?" || err == nil && got != want {
			t.Errorf("%q is %s, %v, want %s", text, got, err, want)
		}
		if again, err := ParseDigestTime(at.String()); err == nil && again.String() != at.String() {
			t.Errorf("%q is written %s, which is read as %s", text, at, again)
		}
	}
}
