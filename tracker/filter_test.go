package tracker

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var snapBack = Firing{
	Rule: "suspension-ending", Subject: "cn-mofcom-2025-58", Severity: Warning,
	Labels:  map[string]string{"topic": "snap-back", "desk": "battery metals"},
	Message: Text{EN: "Lithium batteries: suspended, last day 10 November 2026", ZH: "锂电池：暂停实施，最后一日2026年11月10日"},
	Tags:    []string{"battery", "lithium-battery"}, By: []string{"CN"}, Kinds: []Kind{ExportControl},
}

// What derisk tells of itself reaches nobody who did not ask for it.
func TestFilterWantsDerisksOwnOnlyByName(t *testing.T) {
	own := Firing{Rule: OwnRules + "rules-broken", Severity: Warning, Labels: map[string]string{"topic": "derisk"}, Message: Text{EN: "broken"}}
	for filter, want := range map[string]bool{
		"": false, "severity:warning": false, "text:broken": false, "label:topic=derisk": true, "rule:derisk.rules-broken": true,
		"label:topic=snap-back": false, "rule:snap-back": false, "label:topic=derisk severity:critical": false,
	} {
		if f, err := ParseFilter(filter); err != nil || f.Match(own) != want {
			t.Errorf("%q: %v, %v", filter, f.Match(own), err)
		}
	}
}

func TestFilterMatch(t *testing.T) {
	for _, c := range []struct {
		filter string
		want   bool
	}{
		{"", true},
		{"tag:lithium-battery", true},
		{"tag:battery", true}, // a tag above
		{"tag:rare-earth", false},
		{"tag:rare-earth tag:battery", true}, // any of the same name
		{"tag:battery by:US", false},         // all of different names
		{"tag:battery by:US by:cn", true},    // countries in any case
		{"kind:tariff", false},               //
		{"kind:tariff kind:export-control", true},
		{"severity:warning", true},
		{"severity:critical", false},
		{"severity:info", false}, // exactly that one
		{"severity:critical severity:warning", true},
		{"rule:suspension-ending", true},
		{"rule:suspension", false},
		{"label:topic=snap-back", true},
		{"label:topic=review", false},
		{`label:desk="battery metals"`, true},
		{`label:"desk=battery metals"`, true},
		{"label:team=snap-back", false},
		{"text:锂电池", true},
		{"text:稀土", false},
		{"text:LITHIUM", true},
		{`text:"last day 10 November"`, true},
		{`text:"day last"`, false},
		{"tag：battery　severity：warning", true}, // a Chinese keyboard's colon and space
	} {
		f, err := ParseFilter(c.filter)
		if err != nil {
			t.Errorf("ParseFilter(%q): %v", c.filter, err)
		} else if got := f.Match(snapBack); got != c.want {
			t.Errorf("%q matches: %v, want %v", c.filter, got, c.want)
		}
	}
}

func TestFilterFaults(t *testing.T) {
	for _, c := range []struct{ filter, want string }{
		{"battery", `"battery" has no name: for words in the message write text:battery`},
		{"tag:battery tga:graphite", `"tga:graphite": a filter has no "tga": did you mean "tag"?`},
		{"colour:red", `"colour:red": a filter has no "colour": it has tag, by, kind, severity, rule, label, text`},
		{"severity:warnign", `severity:warnign: "warnign" is not a severity: did you mean "warning"? (an example: severity:warning)`},
		{"severity:high", `severity:high: "high" is not a severity: write one of info, warning, critical (an example: severity:warning)`},
		{"kind:exportcontrol", `kind:exportcontrol: "exportcontrol" is not a kind: did you mean "export-control"? (an example: kind:export-control)`},
		{"by:China", `by:China: "CHINA" cannot be a country (an example: by:CN)`},
		{"tag:稀土", `tag:稀土: "稀土" cannot be a tag (an example: tag:lithium-battery)`},
		{"label:topic", `label:topic: "topic" is not a label and its value joined by = (an example: label:topic=snap-back)`},
		{"text:", `"text:" names nothing: write it as in text:"rare earth"`},
		{`text:"rare earth`, `the quotes in "text:\"rare" must go round the whole value, as in text:"rare earth"`},
		{`text:5"rare`, `the quotes in "text:5\"rare" must go round the whole value, as in text:"rare earth"`},
		{"text:a\x00b", `the filter "text:a\x00b" holds characters that are no text: write it anew`},
		{"text:" + strings.Repeat("稀", 1000), `the filter is longer than 1000 characters: split it over several subscriptions`},
	} {
		f, err := ParseFilter(c.filter)
		if err == nil || err.Error() != c.want {
			t.Errorf("ParseFilter(%.40q) = %v, %v\nwant %s", c.filter, f, err, c.want)
		}
	}
}

func TestFilterStringReadsBack(t *testing.T) {
	value := rapid.StringMatching(`[a-z稀:=\\"]( ?[a-zA-Z土0-9:=\\"　]{0,6}[a-z"\\])?`)
	rapid.Check(t, func(t *rapid.T) {
		f := Filter{
			Tags:       rapid.SliceOfN(rapid.SampledFrom([]string{"battery", "rare-earth"}), 0, 2).Draw(t, "tags"),
			By:         rapid.SliceOfN(rapid.SampledFrom([]string{"CN", "US"}), 0, 2).Draw(t, "by"),
			Kinds:      rapid.SliceOfN(rapid.SampledFrom(Kinds()), 0, 3).Draw(t, "kinds"),
			Severities: rapid.SliceOfN(rapid.SampledFrom(Severities()), 0, 3).Draw(t, "severities"),
			Rules:      rapid.SliceOfN(value, 0, 3).Draw(t, "rules"),
			Texts:      rapid.SliceOfN(value, 0, 3).Draw(t, "texts"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "labels") {
			f.Labels = append(f.Labels, [2]string{rapid.StringMatching(`[a-z]{1,3}`).Draw(t, "name"), value.Draw(t, "value")})
		}
		f.order()
		got, err := ParseFilter(f.String())
		if err != nil || got.String() != f.String() || len(got.Labels) != len(f.Labels) || len(got.Texts) != len(f.Texts) {
			t.Fatalf("%#v is written %q and read %#v, %v", f, f.String(), got, err)
		}
		for i, text := range got.Texts {
			if text != f.Texts[i] {
				t.Fatalf("text %q came back as %q", f.Texts[i], text)
			}
		}
	})
}

func FuzzParseFilter(f *testing.F) {
	for _, s := range []string{"", "tag:battery by:CN", `text:"a \" b" label:x="y z"`, `text:\ text:""`, "severity：warning　kind:tariff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		first, err := ParseFilter(s)
		if err != nil {
			return
		}
		second, err := ParseFilter(first.String())
		if err != nil || second.String() != first.String() {
			t.Fatalf("%q is written %q and read %#v, %v", s, first.String(), second, err)
		}
	})
}

func TestUnmetNamesWhatDoesNotMatch(t *testing.T) {
	f := Firing{Tags: []string{"battery"}, By: []string{"CN"}, Kinds: []Kind{Tariff}, Severity: Warning, Rule: "r",
		Labels: map[string]string{"topic": "truce"}, Message: Text{EN: "Back in force"}}
	for _, c := range []struct{ filter, want string }{
		{"", ""},
		{"tag:battery by:CN kind:tariff severity:warning rule:r label:topic=truce text:force", ""},
		{"tag:graphite by:CN", "tag:graphite"},
		{"tag:gallium tag:graphite by:US kind:tariff", "tag:gallium tag:graphite, by:US"},
		{`severity:info rule:other label:topic=x text:"rare earth"`, `severity:info, rule:other, label:topic=x, text:"rare earth"`},
	} {
		filter, err := ParseFilter(c.filter)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(filter.Unmet(f), ", "); got != c.want || (got == "") != filter.Match(f) {
			t.Errorf("%s: unmet %q, want %q; match %v", c.filter, got, c.want, filter.Match(f))
		}
	}
}
