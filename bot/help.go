package bot

import (
	"context"
	"strings"

	"derisk/tracker"
)

// help tells what there is, or explains one command.
func help(_ context.Context, _ Env, r Request) (Reply, error) {
	if r.Arg("command") != "" {
		return helpOn(r)
	}
	reply := Reply{Title: text("derisk: what holds, since when, and what comes next", "derisk：现行措施、起始与后续").In(r.Lang)}
	t := Table{Columns: []string{text("Command", "命令").In(r.Lang), text("What it does", "作用").In(r.Lang)}}
	data := []commandJSON{}
	for _, c := range Leaves() {
		if !c.shownAt(r.Channel) {
			continue
		}
		t.Rows = append(t.Rows, []string{c.Name, c.About.In(r.Lang)})
		data = append(data, commandJSON{c.Name, c.About.In(r.Lang), c.usage()})
	}
	reply.Data = data
	reply.add(Section{Heading: text("Begin with", "入门").In(r.Lang), Items: inLang([]tracker.Text{
		text("ask is artificial graphite from China to the US controlled today?", "ask 人造石墨从中国出口到美国现在受管制吗？"),
		text("alert subscribe tag:lithium-battery — this channel is then told once of each change", "alert subscribe tag:lithium-battery ——此后本频道就每项变化收到一次通知"),
		text("check graphite anode from:CN to:US", "check 石墨负极 from:CN to:US"),
	}, r.Lang)})
	reply.add(Section{Table: &t})
	reply.add(Section{Lines: []string{text("Every question takes on:2026-11-10 (as it stands that day) and known:2026-10-01 (as it was known then).", "各查询均可加 on:2026-11-10（当日情形）与 known:2026-10-01（当时已知）。").In(r.Lang)}})
	return reply, nil
}

type commandJSON struct {
	Name  string `json:"name"`
	About string `json:"about"`
	Usage string `json:"usage"`
}

// shownAt says whether a command is offered where the request was made.
func (c Command) shownAt(channel string) bool {
	return c.On == Everywhere || (c.On == ChatOnly) == (channel == "terminal")
}

func helpOn(r Request) (Reply, error) {
	name := strings.TrimPrefix(r.Arg("command"), "/")
	for _, group := range Commands() {
		if group.Name == name && group.Run == nil {
			reply := Reply{Title: group.Name + " — " + group.About.In(r.Lang)}
			t := Table{Columns: []string{text("Command", "命令").In(r.Lang), text("What it does", "作用").In(r.Lang)}}
			for _, c := range group.Sub {
				t.Rows = append(t.Rows, []string{c.usage(), c.About.In(r.Lang)})
			}
			reply.add(Section{Table: &t})
			return reply, nil
		}
	}
	c, err := Find(name)
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Title: c.Name + " — " + c.About.In(r.Lang), Data: commandJSON{c.Name, c.About.In(r.Lang), c.usage()}}
	section := Section{Lines: []string{c.usage()}}
	for _, o := range c.Options {
		about := o.About.In(r.Lang)
		if len(o.Choices) > 0 {
			var values []string
			for _, choice := range o.Choices {
				values = append(values, choice.Value)
			}
			about += " (" + strings.Join(values, ", ") + ")"
		}
		section.Fields = append(section.Fields, Field{o.Name, about})
	}
	reply.add(section)
	return reply, nil
}

// usage is how a command is typed: "review stop ID DAY [FOR]".
func (c Command) usage() string {
	words := []string{c.Name}
	for _, o := range c.Options {
		word := strings.ToUpper(o.Name)
		if !c.positional(o) {
			word = o.Name + ":" + strings.ToUpper(o.Name)
		}
		if !o.Required {
			word = "[" + word + "]"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// positional says whether an option may be typed without its name: those that
// must be given, in their order, and the one that takes the rest.
func (c Command) positional(o Option) bool { return o.Required || o.Rest }
