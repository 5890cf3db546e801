package bot

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"derisk/tracker"
)

const (
	maxRows     = 5
	rowButtons  = 5
	greyButton  = int(discordgo.SecondaryButton)
	rowType     = int(discordgo.ActionsRowComponent)
	buttonType  = int(discordgo.ButtonComponent)
	maxFollowUp = 9 // pages after the first that come as messages of their own
)

// drawAnswer is a page of a reply, with buttons to the other pages and to what
// could be asked next. Where a button could not hold all that it needs, or
// would do again what the command did, the other pages follow as messages.
func drawAnswer(r Reply, asked Request, page int) answer {
	pages := drawReply(r)
	page = min(page, len(pages)-1)
	a := answer{shown: newMessage(), private: r.Ephemeral}
	a.shown.Embeds = append(a.shown.Embeds, pages[page])
	turn, ok := turnButtons(asked, page, len(pages))
	if ok {
		a.shown.Components = append(a.shown.Components, turn)
	} else {
		a.follow = asMessages(pages[page+1:], asked.Lang)
	}
	rows, hints := offerButtons(r.Offers, maxRows-len(a.shown.Components))
	a.shown.Components = append(a.shown.Components, rows...)
	a.shown.Content = cutText(strings.Join(hints, "\n"), maxContent)
	a.shown.attach(r.Files, asked.Lang)
	return a
}

// turnButtons are the buttons to the pages beside one. Not ok means that there
// are other pages and no button can lead there.
func turnButtons(asked Request, page, pages int) (buttons row, ok bool) {
	if pages == 1 {
		return row{}, false
	}
	args := map[string]string{"lang": asked.Lang}
	maps.Copy(args, asked.Args)
	to := func(label string, p int) button {
		id := pressed{Command: asked.Command, Args: args, Page: max(0, p), Turn: true}.id()
		if p < 0 || p >= pages {
			return button{buttonType, greyButton, label, buttonVersion + "none:" + label, true}
		}
		return button{buttonType, greyButton, label, id, false}
	}
	buttons = row{rowType, []button{to("◀", page-1), to("▶", page+1)}}
	for _, b := range buttons.Buttons {
		if b.CustomID == "" || !asksOnly(asked.Command) {
			return row{}, false
		}
	}
	return buttons, true
}

// asksOnly says whether a command changes nothing, so that turning a page may
// run it again.
func asksOnly(command string) bool {
	switch command {
	case "review add", "review stop", "review resume", "review decide", "alert ack":
		return false
	}
	c, err := Find(command)
	return err == nil && (c.Needs == Anyone || c.Needs == ReviewIt || c.Name == "audit")
}

// asMessages are further pages as messages of their own.
func asMessages(pages []*discordgo.MessageEmbed, lang string) []message {
	var all []message
	for n, p := range pages {
		m := newMessage()
		if n == maxFollowUp {
			m.Content = tracker.Text{
				EN: "This was not all: ask for less, with a filter or a shorter time.",
				ZH: "以上并非全部：请用筛选条件或更短的时间范围缩小查询。",
			}.In(lang)
			return append(all, m)
		}
		m.Embeds = append(m.Embeds, p)
		all = append(all, m)
	}
	return all
}

// offerButtons are buttons for what could be asked next, in at most so many
// rows. What no button can hold is a hint in words.
func offerButtons(offers []Offer, most int) (rows []row, hints []string) {
	seen := map[string]bool{}
	for _, o := range offers {
		id := pressed{Command: o.Command, Args: o.Args}.id()
		label := cut(cmp.Or(strings.Join(strings.Fields(strings.Map(visible, o.Label)), " "), o.Command), maxLabel)
		last := len(rows) - 1
		switch {
		case seen[id] && id != "":
			continue
		case id == "" || last == most-1 && (most == 0 || len(rows[last].Buttons) == rowButtons):
			hints = append(hints, plainText(label)+": "+code(typed(o)))
			continue
		case last < 0 || len(rows[last].Buttons) == rowButtons:
			rows = append(rows, row{Type: rowType})
			last++
		}
		seen[id] = true
		rows[last].Buttons = append(rows[last].Buttons, button{buttonType, greyButton, label, id, false})
	}
	return rows, hints
}

// typed is an offer as one would type it.
func typed(o Offer) string {
	line := "/" + o.Command
	for _, name := range slices.Sorted(maps.Keys(o.Args)) {
		line += " " + name + ":" + o.Args[name]
	}
	return cut(line, 300)
}
