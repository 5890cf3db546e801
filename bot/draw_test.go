package bot

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"derisk/bot/discordtest"
	"derisk/tracker"
)

func TestTextFromOutsideIsShownAsItIs(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "last day 10 November 2026, 30 days (HS 850760)", "last day 10 November 2026, 30 days (HS 850760)"},
		{"everyone", "@everyone look", `\@everyone look`},
		{"a mention", "<@123> <@&4> <#5>", `\<\@123\> \<\@&4\> \<\#5\>`},
		{"a time mark", "<t:0:R>", `\<t:0:R\>`},
		{"bold and code", "**x** `y` ~~z~~ ||s||", "\\*\\*x\\*\\* \\`y\\` \\~\\~z\\~\\~ \\|\\|s\\|\\|"},
		{"a link with another face", "[mofcom.gov.cn](https://evil.example)", `\[mofcom.gov.cn\](https://evil.example)`},
		{"an address with underscores", "see https://example.org/a_b_c?x=*1* now", "see https://example.org/a_b_c?x=*1* now"},
		{"heading, list, quote", "# a\n- b\n> c\n-# d", "\\# a\n\\- b\n\\> c\n\\-\\# d"},
		{"hyphens inside", "2026-11-10 cn-mofcom", "2026-11-10 cn-mofcom"},
		{"a backslash", `\*`, `\\\*`},
		{"turned direction and controls", "a\u202eb\x00c\u2066d\r", "abcd"},
		{"not UTF-8", "a\xffb", "a\uFFFDb"},
		{"Chinese", "暂停，最后一日 2026年11月10日", "暂停，最后一日 2026年11月10日"},
	} {
		if got := plainText(tt.in); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestCutTextLeavesNothingInHalves(t *testing.T) {
	for _, tt := range []struct {
		in   string
		most int
		want string
	}{
		{"short", 10, "short"},
		{"稀土出口管制公告", 5, "稀土出口…"},
		{`ab\*cd`, 4, "ab…"},
		{`ab\\cd`, 5, `ab\\…`},
		{"see https://example.org/long now", 20, "see …"},
	} {
		if got := cutText(tt.in, tt.most); got != tt.want {
			t.Errorf("cut %q at %d: %q, want %q", tt.in, tt.most, got, tt.want)
		}
	}
}

func TestLinksShowWhereTheyLead(t *testing.T) {
	for _, tt := range []struct {
		link Link
		want string
	}{
		{Link{"Announcement 58", "https://www.mofcom.gov.cn/a_(1)"}, `[Announcement 58](https://www.mofcom.gov.cn/a_%281%29) · www.mofcom.gov.cn`},
		{Link{"https://mofcom.gov.cn", "https://evil.example/"}, `https://mofcom.gov.cn <https://evil.example/>`},
		{Link{"x](https://evil.example)", "https://a.example"}, `x\](https://evil.example) <https://a.example>`},
		{Link{"run", "javascript:alert(1)"}, `run javascript:alert(1)`},
		{Link{"", "https://a.example/b"}, `<https://a.example/b>`},
		{Link{"no address", ""}, `no address`},
	} {
		if got := drawLink(tt.link); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.link, got, tt.want)
		}
	}
}

func TestTheLongestFiringsFitOneMessageAndNoneIsLeftOut(t *testing.T) {
	s := discordtest.Fake(t)
	s.AddChannel("11")
	a := fakeAPI(t, s)
	note := tracker.Note{At: aFiring("").At, Until: aFiring("").At, By: "discord:12345678901234567890", Words: tracker.Text{ZH: strings.Repeat("更正", 500)}}
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.SampledFrom([]string{"稀土", "*_~`|[]<>@#", "https://example.org/x_y ", "\\", "word "}).Draw(rt, "text")
		p := tracker.Post{ID: strings.Repeat("x", 20), Channel: "11", Lang: "zh", Ping: "123456789012345678", Digest: rapid.Bool().Draw(rt, "digest")}
		rules := rapid.IntRange(1, 25).Draw(rt, "rules")
		count := rapid.IntRange(1, maxTold).Draw(rt, "firings")
		for n := range count {
			f := aFiring(fmt.Sprint(n))
			f.Rule, f.Late, f.Severity, f.Subject = strings.Repeat(fmt.Sprintf("rule-%d-", n%rules), 60), f.At, tracker.Critical, fmt.Sprint(n)
			f.Message.ZH = fmt.Sprintf("第%d条 ", n) + strings.Repeat(text, 400)
			for m := range 20 {
				f.Measures = append(f.Measures, fmt.Sprintf("cn-mofcom-2025-%d-%s", m, strings.Repeat("long", 30)))
			}
			p.Firings = append(p.Firings, f)
			for _, what := range rapid.SliceOfN(rapid.SampledFrom([]tracker.NoteKind{tracker.NoteCorrected, tracker.NoteAcknowledged, tracker.NoteSnoozed, tracker.NoteWoken}), 0, 6).Draw(rt, "notes") {
				note.Firing, note.What = f.ID, what
				p.Notes = append(p.Notes, note)
			}
			if rapid.Bool().Draw(rt, "over") {
				f.Kind = tracker.Resolved
				p.Firings = append(p.Firings, f)
			}
		}
		m := drawPost(p)
		if err := a.call(t.Context(), http.MethodPost, "/channels/11/messages", m, nil); err != nil {
			rt.Fatalf("%q: %v", text, err)
		}
		shown := ""
		for _, e := range m.Embeds {
			shown += e.Description + "\n"
		}
		for n := range count {
			if !strings.Contains(shown, fmt.Sprintf("第%d条", n)) {
				rt.Fatalf("%q: firing %d of %d is left out", text, n, count)
			}
		}
		if !strings.HasPrefix(m.Content, "<@&123456789012345678>") || len(m.AllowedMentions.Roles) != 1 {
			rt.Fatalf("content %q, mentions %+v", m.Content, m.AllowedMentions)
		}
	})
}

func TestPostSaysWhenAndWhere(t *testing.T) {
	f := aFiring("a")
	m := drawPost(tracker.Post{ID: "p1", Lang: "en", Firings: []tracker.Firing{f}})
	e := m.Embeds[0]
	want := "suspended, last day 10 November 2026 (a)\n<t:1791680400:f> (<t:1791680400:R>) · more: `/measure cn-mofcom-2025-58`, `/rule firing a`"
	if e.Title != "warning · suspension-ending" || e.Description != want || e.Footer.Text != "derisk · p1" || m.Nonce != "p1" || !m.EnforceNonce || m.Content != "" {
		t.Errorf("%+v %+v", m, e)
	}
	f.Late = f.At.Add(time.Hour)
	if e := drawPost(tracker.Post{ID: "p1", Lang: "en", Firings: []tracker.Firing{f}}).Embeds[0]; !strings.Contains(e.Description, "was due <t:1791680400:f>") {
		t.Errorf("late: %s", e.Description)
	}
	for _, ping := range []string{"", "@everyone", "1> <@&2"} {
		if m := drawPost(tracker.Post{ID: "p1", Ping: ping}); len(m.AllowedMentions.Roles) != 0 || m.Content != "" {
			t.Errorf("ping %q: %+v", ping, m)
		}
	}
}

func TestAnyReplyCanBeSentWhole(t *testing.T) {
	s := discordtest.Fake(t)
	s.AddChannel("11")
	a := fakeAPI(t, s)
	word := rapid.OneOf(rapid.StringN(0, 40, 200), rapid.SampledFrom([]string{"稀土", "", "https://a.example/b", strings.Repeat("x", 5000), strings.Repeat("\\", 3001), "**", "\n\n"}))
	list := rapid.SliceOfN(word, 0, 9)
	section := rapid.Custom(func(t *rapid.T) Section {
		return Section{Heading: word.Draw(t, "heading"), Lines: list.Draw(t, "lines"), Items: list.Draw(t, "items"),
			Fields: []Field{{word.Draw(t, "name"), word.Draw(t, "value")}}, Links: []Link{{word.Draw(t, "text"), word.Draw(t, "url")}},
			Table: &Table{Columns: list.Draw(t, "columns"), Rows: [][]string{list.Draw(t, "row"), nil}}}
	})
	offer := rapid.Custom(func(t *rapid.T) Offer {
		return Offer{Label: word.Draw(t, "label"), Command: "measure", Args: map[string]string{"id": word.Draw(t, "id")}}
	})
	rapid.Check(t, func(rt *rapid.T) {
		r := Reply{Title: word.Draw(rt, "title"), Sections: rapid.SliceOfN(section, 0, 3).Draw(rt, "sections"), Offers: rapid.SliceOfN(offer, 0, 40).Draw(rt, "offers")}
		asked := Request{Command: rapid.SampledFrom([]string{"measure", "review add"}).Draw(rt, "command"), Args: map[string]string{"id": word.Draw(rt, "arg")}, Lang: "zh"}
		pages := len(drawReply(r))
		for page := range min(pages, 3) {
			drawn := drawAnswer(r, asked, page)
			for _, m := range append(drawn.follow, drawn.shown) {
				if err := a.call(t.Context(), http.MethodPost, "/channels/11/messages", m, nil); err != nil {
					rt.Fatal(err)
				}
			}
			if len(drawn.shown.Components) == 0 && len(drawn.follow) < min(pages-page-1, maxFollowUp) {
				rt.Fatalf("%d pages and no way to those after %d", pages, page)
			}
		}
	})
}

func TestButtonHoldsItsRequest(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := pressed{Command: "review list", Page: rapid.IntRange(0, maxPage).Draw(rt, "page"), Turn: rapid.Bool().Draw(rt, "turn"),
			Args: map[string]string{"on": rapid.StringN(0, 30, 90).Draw(rt, "on"), "id": rapid.StringN(0, 30, 90).Draw(rt, "id")}}
		id := p.id()
		if id == "" {
			return // does not fit
		}
		if got, err := readButton(id); err != nil || fmt.Sprint(got) != fmt.Sprint(p) {
			rt.Fatalf("%q: %v, %v", id, got, err)
		}
	})
}

func FuzzReadButton(f *testing.F) {
	f.Add("v1:page:2:measure?id=cn-mofcom-2025-58")
	f.Add("v1:run:0:review list?on=%E7&on=2")
	f.Fuzz(func(t *testing.T, id string) {
		if p, err := readButton(id); err == nil && (p.Page < 0 || p.Page > maxPage) {
			t.Errorf("%q: %+v", id, p)
		}
	})
}
