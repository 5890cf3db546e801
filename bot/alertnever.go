package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"derisk/tracker"
)

// neverFired tells why a rule, or the rules over a measure, have fired nothing.
func neverFired(ctx context.Context, env Env, r Request) (Reply, error) {
	if err := needRules(env); err != nil {
		return Reply{}, err
	}
	what := r.Arg("what")
	all, err := env.Rules.Rules(ctx)
	if err != nil {
		return Reply{}, err
	}
	known := []string{}
	for _, i := range all {
		if i.Name == what {
			return ruleNeverFired(ctx, env, r, i)
		}
		known = append(known, i.Name)
	}
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	m, err := s.Measure(what)
	if err == nil {
		return measureNeverFired(ctx, env, r, m, all)
	}
	for _, m := range s.Measures {
		known = append(known, m.ID)
	}
	return Reply{}, missing("firing, rule or measure", "触发、规则或措施", what, known)
}

// ruleNeverFired says what keeps a rule from firing, or when it is looked at next.
func ruleNeverFired(ctx context.Context, env Env, r Request, i RuleInfo) (Reply, error) {
	reply := Reply{Title: say("%s has fired nothing so far", "规则 %s 尚未触发", i.Name).In(r.Lang), Tone: Notice, Ephemeral: true}
	lines := []tracker.Text{text(i.About, i.About)}
	switch {
	case len(i.Faults) > 0 && !i.Stale:
		reply.Tone = Alarm
		lines = append(lines, say("Its file is broken, so it does not run: %s", "其文件已损坏，未运行：%s", strings.Join(i.Faults, "; ")))
	case i.Draft:
		lines = append(lines, text("It is a draft: tests and backtests run it, nothing is told.", "它是草稿：仅供测试与回测，不发通知。"))
	default:
		more, err := notYet(ctx, env, r, i)
		if err != nil {
			return Reply{}, err
		}
		lines = append(lines, more...)
		reply.Offers = []Offer{{Label: text("Explain the rule", "解释规则").In(r.Lang), Command: "rule explain", Args: map[string]string{"rule": i.Name}}}
	}
	reply.add(Section{Lines: inLang(lines, r.Lang)})
	reply.Data = map[string]any{"rule": i, "fired": []string{}, "why": lines[1:]}
	return reply, nil
}

// notYet says of a rule that runs what its condition comes to now.
func notYet(ctx context.Context, env Env, r Request, i RuleInfo) (lines []tracker.Text, err error) {
	if i.Stale {
		lines = append(lines, say("Its file is broken, and its last good version runs on: %s", "其文件已损坏，沿用上一有效版本：%s", strings.Join(i.Faults, "; ")))
	}
	if i.Failed != "" {
		lines = append(lines, say("It could not be evaluated when it was last due: %s", "上次到期时无法评估：%s", i.Failed))
	}
	if FiresOnNews(i.Each) {
		lines = append(lines, text("It looks at each event, article or figure once, when it newly becomes known: nothing that it wants has come.", "它只在事件、文章或数据新得知时考察一次：尚无符合者。"))
	} else if more, err := holdsNow(ctx, env, r, i.Name); err == nil {
		lines = append(lines, more...)
	} else if !errors.Is(err, tracker.ErrNotFound) { // its file went away just now
		return nil, err
	}
	if !i.Next.IsZero() {
		lines = append(lines, say("It is due next: %s.", "下次到期：%s。", tellInstant(i.Next.In(r.zone()))))
	}
	return lines, nil
}

// holdsNow says of how many subjects a rule's condition holds now.
func holdsNow(ctx context.Context, env Env, r Request, rule string) ([]tracker.Text, error) {
	traces, err := env.Rules.Explain(ctx, RuleQuestion{Rule: rule, Owner: r.reviewer(), Now: r.Query.Now})
	if err != nil {
		return nil, err
	}
	holds := 0
	for _, t := range traces {
		if t.Result {
			holds++
		}
	}
	lines := []tracker.Text{say("Its condition holds for %d of %s now.", "其条件目前在%[2]s中对%[1]d个成立。", holds, counted(len(traces), "subject", "subjects", "%d个对象"))}
	if len(traces) == 1 {
		lines = append(lines, traces[0].why())
	}
	return lines, nil
}

// measureNeverFired says of each rule over measures what it comes to for one.
func measureNeverFired(ctx context.Context, env Env, r Request, m *tracker.Measure, all []RuleInfo) (Reply, error) {
	reply := Reply{Title: say("Nothing has fired about %s so far", "尚无关于 %s 的触发", m.ID).In(r.Lang), Tone: Notice, Ephemeral: true}
	reply.add(Section{Lines: []string{m.Title.In(r.Lang)}})
	t := Table{Columns: []string{text("Rule", "规则").In(r.Lang), text("Now", "目前").In(r.Lang), text("Why", "原因").In(r.Lang)}}
	var news []string
	data := []map[string]any{}
	for _, i := range all {
		if FiresOnNews(i.Each) && !i.Draft {
			news = append(news, i.Name)
		}
		if i.Each != "measure" {
			continue
		}
		now, why, err := ruleOver(ctx, env, r, i, m.ID)
		if err != nil {
			return Reply{}, err
		}
		t.Rows = append(t.Rows, []string{i.Name, now.In(r.Lang), why.In(r.Lang)})
		data = append(data, map[string]any{"rule": i.Name, "now": now, "why": why})
	}
	reply.Data = data
	if len(t.Rows) > 0 {
		reply.add(Section{Table: &t})
	}
	if len(news) > 0 {
		reply.add(Section{Lines: []string{say("Rules over news fire when something about it newly becomes known: %s.", "针对新消息的规则在新得知相关内容时触发：%s。", text(strings.Join(news, ", "), strings.Join(news, "、"))).In(r.Lang)}})
	}
	return reply, nil
}

// ruleOver says what a rule comes to for a measure, and why.
func ruleOver(ctx context.Context, env Env, r Request, i RuleInfo, measure string) (now, why tracker.Text, err error) {
	traces, err := env.Rules.Explain(ctx, RuleQuestion{Rule: i.Name, Owner: r.reviewer(), Now: r.Query.Now})
	switch at := slices.IndexFunc(traces, func(t RuleTrace) bool { return t.Subject == measure }); {
	case errors.Is(err, tracker.ErrNotFound): // broken, with no good version
		return i.state(), text(strings.Join(i.Faults, "; "), strings.Join(i.Faults, "; ")), nil
	case err != nil:
		return now, why, err
	case at < 0:
		return text("not looked at", "未考察"), tracker.Text{}, nil
	default:
		t := traces[at]
		now = map[bool]tracker.Text{true: text("holds", "成立"), false: text("does not hold", "不成立")}[t.Result]
		if i.Draft {
			now = i.state()
		}
		return now, cmp.Or(t.why(), t.Why), nil
	}
}
