package bot

import (
	"slices"

	"derisk/tracker"
)

// postButtons are the buttons below a post: what can be done about it as things
// stand with its firings now, then what more there is to read. Each is a command
// with the post's id, and every right is checked when it is pressed.
func postButtons(p tracker.Post) []row {
	if len(p.Firings) == 0 {
		return []row{}
	}
	can := doable(p)
	b := buttonsOf{post: p}
	b.add(can.acknowledge, tracker.Text{EN: "Acknowledge", ZH: "确认"}, "alert ack")
	b.add(can.snooze, tracker.Text{EN: "Snooze 1 day", ZH: "1天后提醒"}, "alert snooze", "for", "1d")
	b.add(can.mute, tracker.Text{EN: "Mute here", ZH: "在此静音"}, "alert mute")
	b.add(can.explain, tracker.Text{EN: "Explain", ZH: "说明"}, "alert explain")
	b.add(can.sources, tracker.Text{EN: "Sources", ZH: "来源"}, "alert sources")
	b.add(true, tracker.Text{EN: "In full", ZH: "全文"}, "alert post", "lang", p.Lang)
	rows := []row{}
	for five := range slices.Chunk(b.all, rowButtons) {
		rows = append(rows, row{rowType, five})
	}
	return rows
}

// doing is what still makes sense to do about a post.
type doing struct{ acknowledge, snooze, mute, explain, sources bool }

// doable looks at each firing: what is over is neither acknowledged nor snoozed. A
// digest is not snoozed by a button, for one slip would hush all that it tells.
func doable(p tracker.Post) (can doing) {
	for _, t := range p.Tellings() {
		_, acknowledged := t.Acknowledged()
		_, snoozed := t.Snoozed()
		can.acknowledge = can.acknowledge || t.Holds() && !acknowledged
		can.snooze = can.snooze || t.Holds() && !snoozed && !p.Digest
		can.mute = can.mute || len(t.Measures) > 0
		can.explain = can.explain || !t.Own()
		can.sources = can.sources || len(t.Facts) > 0
	}
	return can
}

// buttonsOf gathers the buttons of a post.
type buttonsOf struct {
	post tracker.Post
	all  []button
}

// add adds a button for a command with the post's id and, by name and value,
// further arguments.
func (b *buttonsOf) add(wanted bool, label tracker.Text, command string, more ...string) {
	if !wanted {
		return
	}
	args := map[string]string{"id": b.post.ID}
	for pair := range slices.Chunk(more, 2) {
		args[pair[0]] = pair[1]
	}
	id := pressed{Command: command, Args: args}.id()
	b.all = append(b.all, button{buttonType, greyButton, label.In(b.post.Lang), id, false})
}

// wokenBy says who ended a snooze, or in so many characters what did, other than its time.
func wokenBy(n tracker.Note, who, lang string, most int) string {
	switch {
	case n.By != "":
		return tracker.Text{EN: ", ended by ", ZH: "，结束者："}.In(lang) + who
	case most > 0 && n.Words != (tracker.Text{}):
		return tracker.Text{EN: ": ", ZH: "："}.In(lang) + cutText(plainText(n.Words.In(lang)), most)
	}
	return ""
}
