package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"derisk/tracker"
)

func offers(t *testing.T, c *Completion, s *store, command, option, typed string) []Choice {
	t.Helper()
	r := asked("en")
	r.Command, r.Args = command, map[string]string{}
	got, err := c.Complete(t.Context(), s.env(), r, option, typed)
	if err != nil {
		t.Fatalf("%s %s %q: %v", command, option, typed, err)
	}
	for _, o := range got {
		for _, n := range []int{utf8.RuneCountInString(o.Name.EN), utf8.RuneCountInString(o.Name.ZH), utf8.RuneCountInString(o.Value)} {
			if n < 1 || n > 100 || len(got) > 25 {
				t.Errorf("beyond Discord's limits: %d choices, %d characters of %+v", len(got), n, o)
			}
		}
	}
	return got
}

func TestWhatIsOfferedFirst(t *testing.T) {
	for _, c := range []struct{ name, command, option, typed, first string }{
		{"an id in full", "measure", "id", "cn-ctc-2025-4", "cn-ctc-2025-4"},
		{"an id in capitals", "measure", "id", "CN-CTC-2025-4", "cn-ctc-2025-4"},
		{"an id in full width", "measure", "id", "ｃｎ－ｍｏｆｃｏｍ－２０２５－５８", "cn-mofcom-2025-58"},
		{"the beginning of an id", "measure", "id", "cn-mofcom-2025-6", "cn-mofcom-2025-61"},
		{"the beginning of a title", "measure", "id", "export control on lith", "cn-mofcom-2025-58"},
		{"a title before words inside one", "measure", "id", "ban on", "cn-mofcom-2026-1"},
		{"a word inside a title", "measure", "id", "crane", "us-ustr-2025-301-cranes"},
		{"several words in any order", "measure", "id", "anode lithium", "cn-mofcom-2025-58"},
		{"words of both languages", "measure", "id", "锂 graphite", "cn-mofcom-2025-58"},
		{"inside a Chinese title", "measure", "id", "石墨负极", "cn-mofcom-2025-58"},
		{"the number of an instrument", "measure", "id", "第61号", "cn-mofcom-2025-61"},
		{"a name that was chosen and is edited", "measure", "id", "cn-mofcom-2025-58 · Export contr… · in force, presumed", "cn-mofcom-2025-58"},
		{"a measure to draw", "timeline", "of", "anode lithium", "cn-mofcom-2025-58"},
		{"a filter of what to draw", "timeline", "of", "by:CN tag:lith", "by:CN tag:lithium-battery"},
		{"goods in Chinese", "check", "product", "锂", "lithium-battery"},
		{"a country by its code", "check", "from", "nl", "NL"},
		{"a country by its English name", "check", "from", "nether", "NL"},
		{"a country by its Chinese name", "check", "from", "荷兰", "NL"},
		{"a country that no fact speaks of", "check", "to", "冰岛", "IS"},
		{"a party by its Chinese name", "entity", "id", "闻泰", "wingtech"},
		{"a party by another name", "check", "party", "wing", "wingtech"},
		{"a rule", "rule explain", "rule", "susp", "suspension-ending"},
		{"a rule by what it is about", "rule explain", "rule", "lapse about", "suspension-ending"},
		{"the last word of a filter", "alert subscribe", "filter", "by:CN tag:lith", "by:CN tag:lithium-battery"},
		{"behind an ideographic space", "alert subscribe", "filter", "by:CN　severity:cri", "by:CN　severity:critical"},
		{"a kind by its Chinese name", "alert subscribe", "filter", "关税", "kind:tariff"},
		{"a status in a list's filter", "measures", "filter", "暂停", "status:suspended"},
		{"a country in a filter by its name", "measures", "filter", "china", "by:CN"},
		{"a zone by its city", "alert subscribe", "zone", "hong", "Asia/Hong_Kong"},
		{"a choice", "record", "what", "终止", "ended"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := offers(t, new(Completion), newStore(t), c.command, c.option, c.typed)
			if len(got) == 0 || got[0].Value != c.first {
				t.Errorf("%q offers %v, want %s first", c.typed, got, c.first)
			}
		})
	}
}

func TestWhatIsNotOffered(t *testing.T) {
	for _, c := range []struct{ command, option, typed string }{
		{"measure", "id", "lithium unicorn"}, {"measure", "id", "·"}, {"measure", "id", "ithium"},
		{"alert subscribe", "filter", `text:"rare ta`}, {"measures", "filter", "severity:w"},
		{"alert subscribe", "filter", strings.Repeat("x", 95) + " tag:lithium"}, // whole, or not at all
		{"calendar", "from", "2026"}, {"measure", "id", strings.Repeat("锂", maxArgument)},
	} {
		if got := offers(t, new(Completion), newStore(t), c.command, c.option, c.typed); len(got) > 0 {
			t.Errorf("%s: %q offers %v", c.command, c.typed, got)
		}
	}
}

func TestWhatHoldsIsOfferedBeforeWhatEnded(t *testing.T) {
	got := offers(t, new(Completion), newStore(t), "measure", "id", "us-")
	got = slices.DeleteFunc(got, func(c Choice) bool { return !strings.HasPrefix(c.Value, "us-") }) // those with the word come after
	ended := func(c Choice) bool { return strings.Contains(c.Name.EN, "ended (") }
	i := slices.IndexFunc(got, ended)
	if i < 1 || slices.ContainsFunc(got[i:], func(c Choice) bool { return !ended(c) }) {
		t.Errorf("%v", got)
	}
	for _, c := range got {
		if en, zh := strings.Split(c.Name.EN, " · "), strings.Split(c.Name.ZH, " · "); len(en) != 3 || len(zh) != 3 || en[0] != c.Value {
			t.Errorf("%s is called %q, %q", c.Value, c.Name.EN, c.Name.ZH)
		}
	}
}

func TestStatusesOfferedAreOfNow(t *testing.T) {
	c, s := new(Completion), newStore(t)
	r := asked("en")
	r.Command = "measure"
	status := func(at string) string {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		r.Query.Now = now
		got, err := c.Complete(t.Context(), s.env(), r, "id", "cn-mofcom-2025-58")
		if err != nil || len(got) == 0 {
			t.Fatal(got, err)
		}
		words := strings.Split(got[0].Name.EN, " · ")
		return words[len(words)-1]
	}
	for _, step := range []struct{ at, want string }{
		{"2026-11-10T23:59:59+08:00", "suspended"}, {"2026-11-11T00:00:00+08:00", "in force, presumed"},
		{"2026-11-10T23:59:59+08:00", "suspended"}, {"2025-10-08T12:00:00+08:00", "no status yet"},
	} {
		if got := status(step.at); got != step.want {
			t.Errorf("at %s: %q, want %q", step.at, got, step.want)
		}
	}
	s.must("en", `record cn-mofcom-2025-58 resumed official on:2026-11-11 source:"No. 99"`)
	if got := status("2026-11-25T12:00:00+08:00"); got != "in force" {
		t.Errorf("after a record: %q", got)
	}
}

// manyMeasures are the starter measures over and over, under other ids.
func manyMeasures(t testing.TB, n int) *tracker.Snapshot {
	s := newStore(&testing.T{})
	var many []*tracker.Measure
	for i := 0; len(many) < n; i++ {
		for _, m := range s.facts.Measures {
			if own := *m; m.Under == "" && len(many) < n {
				own.ID = fmt.Sprintf("%s-%05d", m.ID, i)
				many = append(many, &own)
			}
		}
	}
	s.facts.Measures = many
	made, err := tracker.NewSnapshot(s.facts)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// unchanging gives one snapshot.
type unchanging struct{ s *tracker.Snapshot }

func (u unchanging) Snapshot(context.Context) (*tracker.Snapshot, error) { return u.s, nil }

func BenchmarkComplete(b *testing.B) {
	r := asked("en")
	r.Command = "measure"
	s := manyMeasures(b, 100_000)
	for _, typed := range []string{"", "cn-mofcom-2025-5", "export lithium", "锂离子 石墨", "fentanyl ended", "nothing of that name"} {
		c, env := new(Completion), Env{Facts: unchanging{s}}
		complete := func(b *testing.B) {
			if _, err := c.Complete(b.Context(), env, r, "id", typed); err != nil {
				b.Fatal(err)
			}
		}
		complete(b)
		b.Run("kept/"+typed, func(b *testing.B) {
			for b.Loop() {
				complete(b)
			}
		})
		b.Run("naive/"+typed, func(b *testing.B) { // folds everything and computes every status at each key
			for b.Loop() {
				c = new(Completion)
				complete(b)
			}
		})
	}
	b.Run("one measure changed", func(b *testing.B) {
		c := new(Completion)
		c.list(s, listOf(KnownMeasures))
		for b.Loop() {
			next := *s
			c.list(&next, listOf(KnownMeasures))
		}
	})
}
