package feed

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"derisk/tracker"
)

func read(t *testing.T, file string) []tracker.Article {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Skipf("this test reads the digest beside the repository: %v", err)
	}
	defer f.Close()
	articles, err := ReadDigest(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	return articles
}

func shanghai(day string) time.Time {
	at, err := time.Parse("2006-01-02 15:04 -0700", day+" +0800")
	if err != nil {
		panic(err)
	}
	return at
}

func TestReadDigest(t *testing.T) {
	want := []tracker.Article{
		{Title: "石墨负极出口许可:等待四十五个工作日", Publisher: "Harbour Gazette", At: shanghai("2026-01-12 08:05"),
			Lead: "Makers of graphite anodes outside China wait for export licences, and the wait is counted in working days.",
			Groups: []tracker.Group{
				{Title: "The wait", Points: []string{"A licence may take up to 45 working days for the U.S.", "Stops for expert review do not count - nor do site visits."}},
				{Title: "What buyers do", Points: []string{"They ask for natural graphite, under controls since 2023"}},
			}},
		{Title: "两家港口的起重机", Publisher: "Quay & Crane", At: shanghai("2026-01-11 23:59"),
			Groups: []tracker.Group{
				{Points: []string{"A port in Group 7: the tender's last - ordered two cranes", "The other one waits"}},
				{Points: []string{"Both read the notices on port fees"}},
			}},
		{Title: "Nexperia 之后", Publisher: "慢新闻", At: shanghai("2026-01-10 00:00"),
			Lead: "A court sat over Nexperia. Nothing was decided",
			Groups: []tracker.Group{
				{Title: "The Court's Day", Points: []string{"The chamber heard both sides", "It will rule later"}},
				{Title: "What Is Next", Points: []string{"A ruling, or a settlement"}},
			}},
		{Title: "只有一句话", Publisher: "慢新闻", At: shanghai("2026-01-09 12:30"),
			Lead: "Search documents stands here as part of a sentence that goes on over a line."},
	}
	got := read(t, "testdata/digest.txt")
	if len(got) != len(want) {
		t.Fatalf("%d articles, want %d", len(got), len(want))
	}
	for i, a := range got {
		if id := tracker.ArticleID(want[i].Title, want[i].Publisher, want[i].At); a.ID != id {
			t.Errorf("%s: id %s, want %s", a.Title, a.ID, id)
		}
		if !a.At.Equal(want[i].At) {
			t.Errorf("%s: at %s, want %s", a.Title, a.At, want[i].At)
		}
		a.ID, a.At = "", want[i].At
		if !reflect.DeepEqual(a, want[i]) {
			t.Errorf("got  %+v\nwant %+v", a, want[i])
		}
	}
}

// TestReadTheSeed reads the ten items that the starter facts began from, where they are at hand.
func TestReadTheSeed(t *testing.T) {
	type item struct {
		publisher, at string
		title, lead   string // how they begin
		groups        string
		points        int
	}
	want := []item{
		{"Sou Hu Cai Jing", "2025-11-16 17:46", "美财长放话:", "The U.S. Treasury Secretary has", "U.S.-China Trade Relations|Rare Earth Industry Dynamics|Technological and Economic Challenges|Strategic Responses and Limitations|Political Implications", 10},
		{"Sou Hu Cai Jing", "2025-11-13 03:52", "中国如约放宽", "The article discusses China's potential", "China's Strategy|U.S. Response and Challenges|Global Implications", 9},
		{"Huan Qiu Shi Bao", "2025-10-31 08:05", "荷兰这个时候", "The ongoing tensions surrounding Nexperia", "Company Actions and Responses|Industry Impact and Reactions|Historical Context and Developments", 9},
		{"Sou Hu Cai Jing", "2025-10-27 09:20", "为对付我国", "The European Union (EU) is set", "EU's Response to China's Trade Measures|Germany's Trade Relations with China", 4},
		{"Sou Hu Cai Jing", "2025-10-24 06:47", "西方硬碰", "The article discusses the strategic partnership", "Strategic Initiatives|Company Developments|Market Dynamics|Technical Challenges", 12},
		{"高工锂电", "2025-10-22 10:48", "当AI数据中心", "The article discusses the implications", "Export Controls and Supply Chain Impact|Policy Evolution and Strategic Control|AI Demand and Lithium Battery Market|Financial Risks and Market Dynamics|Geopolitical Tensions and Supply Chain Reconfiguration|Investment Trends and Market Shifts", 13},
		{"制裁名单", "2025-10-22 01:14", "美澳签署", "", "Core Agreement and Objectives|Specific Projects and Investment Details|Geopolitical Context and Strategic Intent|Australia's Strategic Value and Advantages|Actual Challenges and Industry Concerns", 12},
		{"Sou Hu Cai Jing", "2025-10-20 03:53", "中国一步不退", "", "||", 8},
		{"Huan Qiu Shi Bao", "2025-10-16 03:27", "涉半导体企业", "The article discusses the forced takeover", "Company Actions|US Influence|Industry Implications", 6},
		{"Huan Qiu Wang", "2025-10-16 00:18", "幕后细节披露!", "The article reveals that the U.S.", "U.S. Pressure and Control|Dutch Government's Actions|Broader Implications", 6},
	}
	got := read(t, "../../shared/data/digest.txt")
	if len(got) != len(want) {
		t.Fatalf("%d articles, want %d", len(got), len(want))
	}
	for i, a := range got {
		w := want[i]
		var groups []string
		points := 0
		for _, g := range a.Groups {
			groups = append(groups, g.Title)
			points += len(g.Points)
		}
		if a.Publisher != w.publisher || !a.At.Equal(shanghai(w.at)) || !strings.HasPrefix(a.Title, w.title) {
			t.Errorf("%d: %q of %q at %s", i, a.Title, a.Publisher, a.At)
		}
		if !strings.HasPrefix(a.Lead, w.lead) || (w.lead == "") != (a.Lead == "") || strings.Join(groups, "|") != w.groups || points != w.points {
			t.Errorf("%s: lead %.40q, groups %q, %d points", a.Title, a.Lead, groups, points)
		}
		if text := a.Text(); strings.ContainsAny(text, "[]") || strings.Contains(text, "Group ") {
			t.Errorf("%s: marks are left in %q", a.Title, text)
		}
	}
}

func TestReadDigestInAnotherZone(t *testing.T) {
	got, err := ReadDigest(strings.NewReader("\uFEFFA title\r\nPaper· 2026-01-12 08:05\r\n"), time.UTC)
	if err != nil || len(got) != 1 || got[0].Title != "A title" || !got[0].At.Equal(time.Date(2026, 1, 12, 8, 5, 0, 0, time.UTC)) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestReadDigestRefuses(t *testing.T) {
	head := "A title\nPaper· 2026-01-12 08:05\n"
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "no article found: a digest has a line with a title"},
		{"a page without articles", "Workflow\nicon\nSearch documents\n", "no article found"},
		{"no UTF-8", head + "text\nmore \xff text\n", "line 4: the digest is not UTF-8: save it as UTF-8"},
		{"a day that there is not", "A title\nPaper· 2026-02-30 08:05\n", `line 2: "2026-02-30 08:05" is no time: write it as 2025-11-16 17:46`},
		{"no title", "\nPaper· 2026-01-12 08:05\n", `line 2: no title stands before "Paper· 2026-01-12 08:05"`},
		{"no title between two", head + "Paper· 2026-01-12 08:06\n", `line 3: no title stands before`},
		{"an endless title", strings.Repeat("长", 501) + "\nPaper· 2026-01-12 08:05\n", "line 2: the title before it is longer than 500 characters"},
		{"too many", strings.Repeat(head, 10_001), "line 20002: the digest holds more than 10000 articles: split it"},
		{"too large", head + strings.Repeat("x", 5<<20), "the digest is larger than 5 MiB: split it"},
	} {
		got, err := ReadDigest(strings.NewReader(c.text), nil)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || got != nil {
			t.Errorf("%s: %d articles, %v, want %s", c.name, len(got), err, c.want)
		}
	}
	broken := errors.New("the disk is gone")
	if _, err := ReadDigest(iotest.ErrReader(broken), nil); !errors.Is(err, broken) {
		t.Errorf("a reader that breaks: %v", err)
	}
}

// FuzzReadDigest: no article is without a title, none is there twice under two
// ids, and a digest reads the same each time.
func FuzzReadDigest(f *testing.F) {
	seed, err := os.ReadFile("testdata/digest.txt")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(seed))
	f.Add("a\nb· 2026-01-12 08:05\nCore Points - x [1] Summary by Sections - y [2] z - ")
	f.Add("a\nb· 2026-01-12 08:05\nGroup 1: Group 2: - Group 3 - [1]. - ")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ReadDigest(strings.NewReader(text), time.UTC)
		if err != nil {
			return
		}
		for _, a := range got {
			if a.Title == "" || a.Publisher == "" || a.At.IsZero() || a.ID != tracker.ArticleID(a.Title, a.Publisher, a.At) {
				t.Fatalf("%q gives %+v", text, a)
			}
			for _, g := range a.Groups {
				for _, p := range g.Points {
					if p == "" || strings.TrimSpace(p) != p {
						t.Fatalf("%q gives the point %q", text, p)
					}
				}
			}
		}
		again, err := ReadDigest(strings.NewReader(text), time.UTC)
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("%q reads differently the second time: %v", text, err)
		}
	})
}
