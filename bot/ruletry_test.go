package bot

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// TestTryAndExplainOnDiscordAreText: what a stranger types comes back as text,
// within Discord's lengths, and calls nobody.
func TestTryAndExplainOnDiscordAreText(t *testing.T) {
	hostile := "`@everyone` <@&42> [x](http://evil.example) **bold** ||spoiler|| \u202e" + strings.Repeat("石墨", 3000)
	value, err := json.Marshal(hostile)
	if err != nil {
		t.Fatal(err)
	}
	trial := Trial{Of: 1, Cost: 1, Most: 2, Matches: []TryMatch{{Subject: hostile, Title: text(hostile, hostile), Values: []TryValue{{hostile, value}}}}}
	trace := trace(RuleQuestion{Rule: "r", Subject: hostile, Now: time.Now()})
	trace.Title = text(hostile, hostile)
	for i := range trace.Parts {
		trace.Parts[i].Expr, trace.Parts[i].Value = hostile, value
	}
	trace.Why = trace.why()
	r := asked("zh")
	for name, reply := range map[string]Reply{
		"try":     trial.reply(TryQuestion{Each: "measure"}, r, 20),
		"explain": trace.reply(nil, r),
	} {
		a := drawAnswer(reply, Request{Command: "rule " + name, Args: map[string]string{"expression": hostile}}, 0)
		for _, m := range append([]message{a.shown}, a.follow...) {
			if len(m.AllowedMentions.Parse) != 0 || len(m.AllowedMentions.Roles) != 0 {
				t.Errorf("%s mentions %+v", name, m.AllowedMentions)
			}
			for _, e := range m.Embeds {
				if runes(e.Title) > maxTitle || runes(e.Description) > maxDescription {
					t.Errorf("%s: an embed of %d and %d characters", name, runes(e.Title), runes(e.Description))
				}
				for _, live := range []string{" @everyone", " <@&42>", "[x](", " **bold**", "\u202e"} {
					for _, outside := range outsideCode(e.Title + "\n" + e.Description) {
						if strings.Contains(outside, live) {
							t.Errorf("%s shows %q live in %.200q", name, live, outside)
						}
					}
				}
			}
		}
	}
}

// outsideCode is what stands between no backticks.
func outsideCode(s string) (outside []string) {
	s = strings.ReplaceAll(s, "\\`", "")
	for line := range strings.Lines(s) {
		for i, piece := range strings.Split(line, "`") {
			if i%2 == 0 {
				outside = append(outside, piece)
			}
		}
	}
	return outside
}

func TestTryRefusesWhatIsTooLong(t *testing.T) {
	for _, n := range []int{6000, 100_000} {
		_, err := newStore(t).say("en", "rule try "+strings.Repeat("x", n))
		if !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), "longer than") {
			t.Errorf("%d characters: %v", n, err)
		}
	}
}
