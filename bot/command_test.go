package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"derisk/tracker"
)

var update = flag.Bool("update", false, "write what is drawn into the golden files")

// TestReplies draws the replies to the lines of each file, in both languages. In
// testdata/replies the comment of a file holds lines, run in their order against
// one installation; what the last one says is kept.
func TestReplies(t *testing.T) {
	files, err := filepath.Glob("testdata/replies/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			golden, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			drawn := &txtar.Archive{Comment: golden.Comment}
			for _, lang := range []string{"en", "zh"} {
				drawn.Files = append(drawn.Files, txtar.File{Name: lang, Data: []byte(draw(t, lang, string(golden.Comment)))})
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(drawn), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got, want := string(txtar.Format(drawn)), string(txtar.Format(golden)); got != want {
				t.Errorf("drawn:\n%s\nwant:\n%s\nRun go test ./bot -update, and read what changed.", got, want)
			}
		})
	}
}

func draw(t *testing.T, lang, lines string) string {
	s := newStore(t)
	drawn := ""
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		reply, err := s.say(lang, line)
		if drawn = (Draw{Width: 100}).Text(reply); err != nil {
			words, _ := Tell(err, lang)
			drawn = words + "\n"
		}
	}
	return drawn
}

func TestEveryCommandRefusesWrongInput(t *testing.T) {
	s := newStore(t)
	s.must("en", "review add cn-mofcom-2025-58 2026-10-26")
	s.must("en", "alert subscribe by:CN")
	for _, c := range []struct {
		line, en, zh string
		is           error
	}{
		{"ask", "question is missing", "缺少 question", ErrUsage},
		{"overview on:yesterdy", "on:", "on：", ErrUsage},
		{"measure", "id is missing", "缺少 id", ErrUsage},
		{"measure cn-mofcom-2025-99", `did you mean`, "是否指", tracker.ErrNotFound},
		{"measures tag:lithium-batery", `did you mean "lithium-battery"?`, "是否指“lithium-battery”", tracker.ErrNotFound},
		{"measures status:suspendd", `did you mean "suspended"?`, "是否指“suspended”", tracker.ErrNotFound},
		{"measures severity:warning", "a list of measures goes by", "措施列表", ErrUsage},
		{"check bananas", "no product", "未找到产品", tracker.ErrNotFound},
		{"check graphite from:Atlantis", "is no country", "不是国家", ErrUsage},
		{"check graphite attr:density", "no name and figure", "不是名称与数值", ErrUsage},
		{"check graphite attr:density_g_cm3=NaN", "no name and figure", "不是名称与数值", ErrUsage},
		{"check graphite party:nobody-at-all", "no entity", "没有主体", tracker.ErrNotFound},
		{"check graphite end-use:civl", `did you mean "civil"?`, "是否指“civil”", ErrUsage},
		{"calendar from:2026-12-01 to:2026-11-01", "comes before", "早于", ErrUsage},
		{"calendar from:2026-13-01", "from:", "from：", ErrUsage},
		{"history nothing-of-that-name", "no measure", "没有措施", tracker.ErrNotFound},
		{"entity nexpria", `did you mean "nexperia"?`, "是否指“nexperia”", tracker.ErrNotFound},
		{"review add cn-mofcom-2025-72 2026-10-26", "has no review clock", "没有审查时限", ErrImpossible},
		{"review add cn-mofcom-2025-58 2026-10", "no exact day", "不是确切日期", ErrUsage},
		{"review stop r9 2026-11-02", `no review "r9"`, "没有审查“r9”", tracker.ErrNotFound},
		{"review stop r1 2026-10-01", "comes before 26 October 2026", "早于", ErrImpossible},
		{"review resume r1 2026-11-02", "is not stopped", "并未中止", ErrImpossible},
		{"review decide r1", "day is missing", "缺少 day", ErrUsage},
		{"alert subscribe tag:", "names nothing", "无法订阅", ErrUsage},
		{"alert subscribe by:CN zone:Mars/Base", "is not a zone", "无法订阅", ErrUsage},
		{"alert subscribe by:CN quiet:25:00-07:00", "no quiet hours", "无法订阅", ErrUsage},
		{"alert subscribe deliver:dayly", `did you mean "daily"?`, "是否指“daily”", ErrUsage},
		{"alert subscribe by:CN deliver:at-once at:07:30", "is for daily and weekly digests", "无法订阅", ErrUsage},
		{"alert subscribe by:CN at:noon", "is no time for a digest", "无法订阅", ErrUsage},
		{"alert edit", "id is missing", "缺少 id", ErrUsage},
		{"alert edit s1", "say what to change", "请说明要修改什么", ErrUsage},
		{"alert edit s9 by:US", `no subscription "s9"`, "没有订阅“s9”", tracker.ErrNotFound},
		{"alert edit s1 by:CN", "nothing was changed", "未作更改", ErrImpossible},
		{"alert edit s1 deliver:daily at:fri@16:00", "names a day of the week", "无法订阅", ErrUsage},
		{"alert edit s1 without:everything", "write one of filter", "可用 filter", ErrUsage},
		{"alert zone Mars/Base", "is not a zone", "不是时区", ErrUsage},
		{"alert zone Local", "is not a zone", "不是时区", ErrUsage},
		{"alert why", "what is missing", "缺少 what", ErrUsage},
		{"alert why suspension-endin", `did you mean "suspension-ending"?`, "是否指“suspension-ending”", tracker.ErrNotFound},
		{"alert why suspension-ending id:s9", `no subscription "s9"`, "没有订阅“s9”", tracker.ErrNotFound},
		{"alert history s9", `no subscription "s9"`, "没有订阅“s9”", tracker.ErrNotFound},
		{"alert pause s9", `no subscription "s9"`, "没有订阅“s9”", tracker.ErrNotFound},
		{"alert resume", "id is missing", "缺少 id", ErrUsage},
		{"alert unsubscribe s1 now", "one word too many", "多余的词", ErrUsage},
		{"deliveries limit:many", "is not a whole number", "不是整数", ErrUsage},
		{"deliveries failed:perhaps", "write true or false", "请写 true 或 false", ErrUsage},
		{"rule try measure.statu == 1", `a measure has no field "statu"`, `a measure has no field "statu"`, ErrUsage},
		{"rule try false zone:Moon/Base", "is not a zone", "不是时区", ErrUsage},
		{"rule explain suspension-endin", `did you mean "suspension-ending"?`, "是否指“suspension-ending”", tracker.ErrNotFound},
		{"rule backtest", "from is missing", "缺少 from", ErrUsage},
		{"rule forecast days:100000", "write 1 to 731", "请写1至731", ErrUsage},
		{"record cn-mofcom-2025-58 hapened official", "no \"hapened\"", "没有“hapened”", ErrUsage},
		{"record cn-mofcom-2025-58 suspended official", "on", "无法记录", ErrUsage},
		{"record us-ieepa-2025-fentanyl-cn resumed official on:2026-11-01", "", "无法记录", ErrImpossible},
		{"help mesure", `did you mean "measure"?`, "是否指“measure”", ErrUsage},
		{"/nothing", "help lists them", "查看全部命令", ErrUsage},
		{"/mesure x y z", `did you mean "measure"?`, "是否指“measure”", ErrUsage},
		{"review", "It has add, list", "可用：add", ErrUsage},
		{"review ad", `did you mean "review add"?`, "是否指“review add”", ErrUsage},
		{"measure cn-mofcom-2025-58 --onn 2026-01-01", `did you mean "on"?`, "是否指“on”", ErrUsage},
		{"measure cn-mofcom-2025-58 lang:fr", "write en or zh", "请写 en 或 zh", ErrUsage},
	} {
		_, err := s.say("en", c.line)
		if !errors.Is(err, c.is) {
			t.Errorf("%s: %v, want one that is %v", c.line, err, c.is)
			continue
		}
		en, ok := Tell(err, "en")
		zh, _ := Tell(err, "zh")
		if !ok || !strings.Contains(en, c.en) || !strings.Contains(zh, c.zh) {
			t.Errorf("%s: %q, %q, want %q, %q", c.line, en, zh, c.en, c.zh)
		}
	}
	if len(s.facts.Reviews) != 1 || len(s.facts.Reviews[0].Stops) != 0 || len(s.subs) != 1 {
		t.Error("a refused order changed something")
	}
}

func TestWhatAnAskerMayNotDo(t *testing.T) {
	s := newStore(t)
	for _, c := range Leaves() {
		if c.Needs == Anyone {
			continue
		}
		r := asked("en")
		r.MayAlert, r.MayRecord, r.MayReview, r.MayManage = c.Needs != AlertWork, c.Needs != RecordIt, c.Needs != ReviewIt, c.Needs != ManageIt
		r.Command, r.Args = c.Name, map[string]string{}
		for _, o := range c.Options { // values that pass
			if o.Required {
				r.Args[o.Name] = "2026-11-25"
				if len(o.Choices) > 0 {
					r.Args[o.Name] = o.Choices[0].Value
				}
			}
		}
		if _, err := Run(t.Context(), s.env(), r); !errors.Is(err, ErrRight) {
			t.Errorf("%s without the right: %v", c.Name, err)
		}
	}
}

func TestOwnersSeeOnlyTheirOwn(t *testing.T) {
	s := newStore(t)
	s.must("en", "review add cn-mofcom-2025-58 2026-10-26 secret filing")
	s.must("en", "alert subscribe text:secret")
	for _, owner := range []string{"guild:1", "user:2", ""} {
		for _, line := range []string{"review list", "alert list", "calendar to:2027-02-01", "deliveries", "overview on:2026-12-20"} {
			r, err := readLine(line, asked("en"))
			if err != nil {
				t.Fatal(err)
			}
			r.Owner = owner
			reply, err := Run(t.Context(), s.env(), r)
			if err != nil && owner != "" { // nobody's may be refused
				t.Fatal(err)
			}
			if got := textOf(reply); strings.Contains(got, "secret") {
				t.Errorf("%q sees with %q: %s", owner, line, got)
			}
		}
		r, err := readLine("review decide r1 2026-12-01", asked("en"))
		if err != nil {
			t.Fatal(err)
		}
		r.Owner = owner
		if _, err := Run(t.Context(), s.env(), r); !errors.Is(err, tracker.ErrNotFound) {
			t.Errorf("%q decides another's review: %v", owner, err)
		}
	}
}

func TestARecordIsSignedAndWithdrawn(t *testing.T) {
	s := newStore(t)
	reply := s.must("en", `record cn-mofcom-2025-58 resumed official on:2026-11-11 source:"Announcement No. 99 of 2026" url:https://example.gov.cn/99`)
	contains(t, textOf(reply), "Before: in force since 11 November 2026 (presumed", "Now: in force since 11 November 2026")
	e := reply.Data.(tracker.Event)
	if e.Published.String() != "2026-11-11" || len(e.Sources) != 1 || e.Sources[0].URL != "https://example.gov.cn/99" {
		t.Errorf("recorded %+v", e)
	}
	recorded := s.facts.Measures[slices.IndexFunc(s.facts.Measures, func(m *tracker.Measure) bool { return m.ID == "cn-mofcom-2025-58" })]
	if last := recorded.Events[len(recorded.Events)-1]; last.RecordedBy != "local" {
		t.Errorf("signed by %q", last.RecordedBy)
	}
	undo := reply.Offers[0]
	r := asked("en")
	r.Command, r.Args = undo.Command, undo.Args
	if _, err := Run(t.Context(), s.env(), r); err != nil {
		t.Fatal(err)
	}
	contains(t, textOf(s.must("en", "measure cn-mofcom-2025-58")), "presumed")
}

func TestNoStatusYetIsANo(t *testing.T) {
	reply := newStore(t).must("en", "measure cn-mofcom-2025-58 on:2025-10-08")
	if !reply.No {
		t.Error("a measure before its first event is no no")
	}
	contains(t, textOf(reply), "no status")
}

// TestTable keeps what Discord's registration asks of names and descriptions.
func TestTable(t *testing.T) {
	name := regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{N}_-]{1,32}$`)
	seen := map[string]bool{}
	check := func(what, en, zh string, about tracker.Text) {
		if !name.MatchString(en) || !name.MatchString(zh) {
			t.Errorf("%s: %q, %q are no names", what, en, zh)
		}
		for _, words := range []string{about.EN, about.ZH} {
			if n := utf8.RuneCountInString(words); n < 1 || n > 100 {
				t.Errorf("%s: %d characters: %q", what, n, words)
			}
		}
	}
	commands := Commands()
	for _, c := range append(commands, Leaves()...) {
		check(c.Name, c.Word(), c.ZH, c.About)
		if c.Run == nil == (len(c.Sub) == 0) || len(c.Options) > 25 {
			t.Errorf("%s runs nothing, or has more than 25 options", c.Name)
		}
		for _, o := range c.Options {
			check(c.Name+" "+o.Name, o.Name, o.ZH, o.About)
		}
	}
	for _, c := range Leaves() {
		if seen[c.Name] || seen[c.nameZH()] {
			t.Errorf("%s is there twice", c.Name)
		}
		seen[c.Name], seen[c.nameZH()] = true, true
		options := map[string]bool{}
		for _, o := range c.Options {
			if options[o.Name] || options[o.ZH] {
				t.Errorf("%s has %s twice", c.Name, o.Name)
			}
			options[o.Name], options[o.ZH] = true, true
		}
	}
	for _, want := range []string{"ask", "measure", "check", "calendar", "review", "alert", "rule", "record", "help"} {
		if !slices.ContainsFunc(commands, func(c Command) bool { return c.Name == want }) {
			t.Errorf("no %s", want)
		}
	}
}

func TestEveryClosedWordHasAName(t *testing.T) {
	for _, w := range tracker.Statuses() {
		named(statusWords, w)
		checkNamed(t, statusWords, w)
	}
	for _, w := range tracker.Whats() {
		checkNamed(t, whatWords, w)
	}
	for _, w := range tracker.Kinds() {
		checkNamed(t, kindWords, w)
	}
	for _, w := range tracker.Reasons() {
		checkNamed(t, reasonWords, w)
	}
	for _, w := range tracker.Evidences() {
		checkNamed(t, evidenceWords, w)
	}
}

func checkNamed[W ~string](t *testing.T, names map[W]tracker.Text, w W) {
	t.Helper()
	if names[w].EN == "" || names[w].ZH == "" {
		t.Errorf("%q has no name", w)
	}
}

func TestJSON(t *testing.T) {
	s := newStore(t)
	var out bytes.Buffer
	if err := JSON(&out, s.must("en", "measure cn-mofcom-2025-58")); err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(out.Bytes(), &m); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{"id": "cn-mofcom-2025-58", "status": "in-force", "presumed": true, "since": "2026-11-11", "by": "CN", "kind": "export-control"} {
		if m[key] != want {
			t.Errorf("%s is %v, want %v", key, m[key], want)
		}
	}
	if m["events"] == nil || m["reported"] == nil || m["next"] == nil {
		t.Errorf("fields are missing: %v", m)
	}
	out.Reset()
	if err := JSON(&out, s.must("en", "measures by:CN kind:tariff")); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(out.String(), "\n"); lines != 3 || strings.Contains(out.String(), `"events"`) {
		t.Errorf("China's three tariffs are %d lines:\n%s", lines, out.String())
	}
	out.Reset()
	if err := JSON(&out, s.must("en", "measures status:proposed")); err != nil || out.Len() > 0 {
		t.Errorf("an empty list is %q", out.String())
	}
}

func TestComplete(t *testing.T) {
	s := newStore(t)
	s.must("en", "alert subscribe by:CN")
	for _, c := range []struct{ command, option, typed, want string }{
		{"measure", "id", "cn-mofcom-2025-58", "cn-mofcom-2025-58"},
		{"measure", "id", "石墨", "cn-mofcom-2023-39"},
		{"check", "product", "锂", "lithium-battery"},
		{"alert subscribe", "filter", "by:CN tag:lith", "by:CN tag:lithium-battery"},
		{"alert pause", "id", "", "s1"},
		{"alert edit", "id", "", "s1"},
		{"alert why", "what", "suspension", "suspension-ending"},
		{"alert why", "what", "石墨", "cn-mofcom-2023-39"},
		{"alert edit", "without", "q", "quiet"},
		{"alert subscribe", "zone", "shang", "Asia/Shanghai"},
		{"entity", "id", "nex", "nexperia"},
		{"rule explain", "rule", "susp", "suspension-ending"},
		{"rule explain", "subject", "石墨", "cn-mofcom-2023-39"},
		{"rule try", "each", "com", "commitment"},
		{"record", "what", "susp", "suspended"},
	} {
		r := asked("en")
		r.Command = c.command
		got, err := new(Completion).Complete(t.Context(), s.env(), r, c.option, c.typed)
		if err != nil || len(got) == 0 || !slices.ContainsFunc(got, func(o Choice) bool { return o.Value == c.want }) {
			t.Errorf("%s %s %q: %v, %v, want %s", c.command, c.option, c.typed, got, err, c.want)
		}
		for _, o := range got {
			if utf8.RuneCountInString(o.Name.EN) > 100 || utf8.RuneCountInString(o.Value) > 100 || len(got) > 25 {
				t.Errorf("beyond Discord's limits: %+v", o)
			}
		}
	}
}

// failing is a store that cannot be read.
type failing struct{ *store }

func (failing) Snapshot(context.Context) (*tracker.Snapshot, error) {
	return nil, errors.New("dial postgres://user:secret@host")
}

func TestInnerErrorsAreNotTold(t *testing.T) {
	env := newStore(t).env()
	env.Facts = failing{}
	r := asked("en")
	r.Command = "overview"
	_, err := Run(t.Context(), env, r)
	if _, ok := Tell(err, "en"); ok || err == nil {
		t.Errorf("%v is told to the asker", err)
	}
}
