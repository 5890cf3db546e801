package bot

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"derisk/tracker"
)

// Rules asks the rules that run.
type Rules interface {
	// Rules lists them by name, broken ones too.
	Rules(ctx context.Context) ([]RuleInfo, error)
	// Explain tells what a rule comes to, for a subject, or for every one where none is named.
	Explain(ctx context.Context, q RuleQuestion) ([]RuleTrace, error)
	// ExplainFiring decides again about a firing that an owner may be told of, by the rule and the facts of its time.
	ExplainFiring(ctx context.Context, owner, id string) (FiringTrace, error)
	// Try tells what a condition matches. What is wrong in it is a [Problem] that matches ErrUsage.
	Try(ctx context.Context, q TryQuestion) (Trial, error)
	// Backtest tells what a rule, or every one where rule is empty, would have fired on days from to to, both included.
	Backtest(ctx context.Context, rule string, from, to tracker.Date) ([]tracker.Foretold, error)
	// Forecast tells what will fire in so many days if nothing new becomes known.
	Forecast(ctx context.Context, rule string, days int) ([]tracker.Foretold, error)
}

// RuleInfo is a rule as it is listed.
type RuleInfo struct {
	Name     string           `json:"name"`
	About    string           `json:"about,omitempty"`
	Schedule string           `json:"schedule,omitempty"`
	Zone     string           `json:"zone,omitempty"`
	Each     string           `json:"each,omitempty"`
	Severity tracker.Severity `json:"severity,omitempty"`
	Draft    bool             `json:"draft,omitempty"`
	Next     time.Time        `json:"next,omitzero"`    // next tick
	Faults   []string         `json:"faults,omitempty"` // of a broken file, each with its place
	Stale    bool             `json:"stale,omitempty"`  // broken; its last good version runs on
	Failed   string           `json:"failed,omitempty"` // why its latest tick could not be evaluated
}

func needRules(env Env) error {
	if env.Rules == nil {
		return noneHere("rules", "规则")
	}
	return nil
}

func listRules(ctx context.Context, env Env, r Request) (Reply, error) {
	if err := needRules(env); err != nil {
		return Reply{}, err
	}
	all, err := env.Rules.Rules(ctx)
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Title: counted(len(all), "rule", "rules", "%d条规则").In(r.Lang), Data: append([]RuleInfo{}, all...)}
	t := Table{Columns: []string{text("Rule", "规则").In(r.Lang), text("Runs", "运行").In(r.Lang), text("Next", "下次").In(r.Lang), text("State", "状态").In(r.Lang), text("About", "说明").In(r.Lang)}}
	for _, i := range all {
		next := ""
		if !i.Next.IsZero() {
			next = i.Next.In(r.zone()).Format("2006-01-02 15:04")
		}
		t.Rows = append(t.Rows, []string{i.Name, strings.TrimSpace(i.Schedule + " " + i.Zone), next, i.state().In(r.Lang), i.About})
		if len(i.Faults) > 0 || i.Failed != "" {
			reply.Tone = Warning
			reply.add(Section{Heading: i.Name, Items: append(slices.Clone(i.Faults), nonEmpty(i.Failed)...)})
		}
	}
	reply.Sections = append([]Section{{Table: &t}}, reply.Sections...)
	return reply, nil
}

func (i RuleInfo) state() tracker.Text {
	switch {
	case i.Stale:
		return text("broken: its last good version runs on", "已损坏：沿用上一有效版本")
	case len(i.Faults) > 0:
		return text("broken", "已损坏")
	case i.Failed != "":
		return text("fails", "运行失败")
	case i.Draft:
		return text("draft", "草稿")
	}
	return text("runs", "运行中")
}

func backtestRules(ctx context.Context, env Env, r Request) (Reply, error) {
	if err := needRules(env); err != nil {
		return Reply{}, err
	}
	from, to := r.day("from"), cmp.Or(r.day("to"), r.Today())
	if tracker.DaysBetween(from, to) < 0 {
		return Reply{}, wrong("to: %s comes before %s", "to：%s早于%s", to, from)
	}
	firings, err := env.Rules.Backtest(ctx, r.Arg("rule"), from, to)
	if err != nil {
		return Reply{}, err
	}
	firings = ownForetold(firings, r)
	return foretoldReply(say("From %s to %s: %s", "%s至%s：%s", tellDate(from, time.UTC), tellDate(to, time.UTC), firingsWords(len(firings))), firings, r), nil
}

const (
	forecastDays = 90  // where none are given
	longForecast = 731 // days, the most
)

func forecastRules(ctx context.Context, env Env, r Request) (Reply, error) {
	if err := needRules(env); err != nil {
		return Reply{}, err
	}
	days := forecastDays
	if n, err := strconv.Atoi(r.Arg("days")); err == nil {
		days = n
	}
	if days < 1 || days > longForecast {
		return Reply{}, wrong("days: write 1 to %d", "days：请写1至%d", longForecast)
	}
	firings, err := env.Rules.Forecast(ctx, r.Arg("rule"), days)
	if err != nil {
		return Reply{}, err
	}
	news, err := onNews(ctx, env, r.Arg("rule"))
	if err != nil {
		return Reply{}, err
	}
	firings = ownForetold(firings, r)
	reply := foretoldReply(say("In the next %s, if nothing new becomes known: %s", "若无新信息，未来%s：%s", counted(days, "day", "days", "%d天"), firingsWords(len(firings))), firings, r)
	reply.add(Section{Lines: []string{Unforeseeable(news).In(r.Lang)}})
	return reply, nil
}

// firingJSON is a firing as rules are tested by it.
type firingJSON struct {
	At       time.Time          `json:"at"`
	Rule     string             `json:"rule"`
	Subject  string             `json:"subject"`
	Key      string             `json:"key"`
	Kind     tracker.FiringKind `json:"kind"`
	Severity tracker.Severity   `json:"severity"`
	Labels   map[string]string  `json:"labels"`
	Message  tracker.Text       `json:"message"`
}

func firingsWords(n int) tracker.Text { return counted(n, "firing", "firings", "触发%d次") }
