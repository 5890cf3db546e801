package bot

import (
	"context"
	"strconv"
	"strings"
	"time"

	"derisk/tracker"
)

// Audit is the log of who changed what, and when.
type Audit interface {
	// Audit lists the newest entries that a query wants, newest first.
	Audit(ctx context.Context, q tracker.AuditQuery) ([]tracker.Entry, error)
	// ChangeSetting remembers a value as [Settings] does, and who set it.
	ChangeSetting(ctx context.Context, key, value string, e tracker.Entry) error
}

// entry is one of the audit log for what the request does to something of its owner.
func (r Request) entry(did, subject, detail string) tracker.Entry {
	return tracker.Entry{At: r.Query.Now, By: r.User, Owner: r.Owner, Did: did, Subject: subject, Detail: detail}
}

const (
	auditShown = 100  // where no limit is given
	mostAudit  = 1000 // that are shown at once
	auditWords = 10   // that are looked for
)

// audit tells who changed what, and when: what is the owner's, and what is common to all.
func audit(ctx context.Context, env Env, r Request) (Reply, error) {
	if env.Audit == nil {
		return Reply{}, noneHere("entries", "审计")
	}
	q := tracker.AuditQuery{Owner: r.Owner, Words: strings.Fields(r.Arg("what")), Limit: auditShown}
	q.Words = q.Words[:min(len(q.Words), auditWords)]
	if n, err := strconv.Atoi(r.Arg("limit")); err == nil {
		q.Limit = max(1, min(n, mostAudit))
	}
	if to := r.day("to"); !to.IsZero() {
		q.Until = to.Last(r.zone()).Add(time.Nanosecond)
	}
	entries, err := env.Audit.Audit(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Title: say("%d changes, newest first", "%d项更改，最新在前", len(entries)).In(r.Lang), Data: append([]tracker.Entry{}, entries...), Ephemeral: true}
	if len(entries) == 0 {
		reply.add(Section{Lines: []string{text("None.", "无。").In(r.Lang)}})
		return reply, nil
	}
	if len(entries) == q.Limit {
		reply.add(Section{Lines: []string{text("There may be older ones: give to, the last day to show.", "可能还有更早的记录：请用 to 给出所示的最后一日。").In(r.Lang)}})
	}
	reply.add(Section{Table: auditTable(entries, r)})
	return reply, nil
}

func auditTable(entries []tracker.Entry, r Request) *Table {
	t := Table{Columns: []string{text("When", "时间").In(r.Lang), text("Who", "何人").In(r.Lang), text("Did", "操作").In(r.Lang), text("Of", "归属").In(r.Lang), text("What", "对象").In(r.Lang)}}
	for _, e := range entries {
		t.Rows = append(t.Rows, []string{
			e.At.In(r.zone()).Format("2006-01-02 15:04:05"), e.By, named(auditVerbs, e.Did).In(r.Lang),
			ownerWords(e.Owner).In(r.Lang), strings.TrimSpace(e.Subject + " " + e.Detail),
		})
	}
	return &t
}

func ownerWords(owner string) tracker.Text {
	if owner == "" {
		return text("all", "共有")
	}
	return text(owner, owner)
}

// auditVerbs are what entries say was done.
var auditVerbs = map[string]tracker.Text{
	"record":              {EN: "record", ZH: "记录事实"},
	"import":              {EN: "import", ZH: "导入"},
	"add articles":        {EN: "add articles", ZH: "添加文章"},
	"adopt rule":          {EN: "adopt rule", ZH: "采用规则"},
	"subscribe":           {EN: "subscribe", ZH: "订阅"},
	"pause subscription":  {EN: "pause subscription", ZH: "暂停订阅"},
	"resume subscription": {EN: "resume subscription", ZH: "恢复订阅"},
	"edit subscription":   {EN: "edit subscription", ZH: "更改订阅"},
	"delete subscription": {EN: "delete subscription", ZH: "退订"},
	"acknowledge":         {EN: "acknowledge", ZH: "确认"},
	"snooze":              {EN: "snooze", ZH: "稍后提醒"},
	"mute":                {EN: "mute", ZH: "静音"},
	"end hush":            {EN: "end snooze or mute", ZH: "结束稍后提醒或静音"},
	"add review":          {EN: "add review", ZH: "添加审查"},
	"stop review":         {EN: "stop review", ZH: "中止审查"},
	"resume review":       {EN: "resume review", ZH: "恢复审查"},
	"decide review":       {EN: "decide review", ZH: "决定审查"},
	"set role":            {EN: "set role", ZH: "设定身份组"},
}
