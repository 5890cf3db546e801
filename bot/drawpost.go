package bot

import (
	"fmt"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"derisk/tracker"
)

// marker is what a post's message is recognised by in a channel.
func marker(post string) string { return "derisk · " + post }

// drawPost is the message of a post: an embed for each firing, at most ten. If all is too
// long for one message, each firing is cut, never left out, and says where to
// read the rest.
func drawPost(p tracker.Post) message {
	m := newMessage()
	m.Nonce, m.EnforceNonce = p.ID, true
	if p.Digest {
		m.Content = fmt.Sprintf(tracker.Text{EN: "Digest: %d", ZH: "摘要：%d 条"}.In(p.Lang), len(p.Firings))
	}
	if isSnowflake(p.Ping) {
		m.Content = strings.TrimSpace("<@&" + p.Ping + "> " + m.Content)
		m.AllowedMentions.Roles = []string{p.Ping}
	}
	m.Embeds = drawFirings(p, maxDescription)
	if total := postSize(m.Embeds); total > maxEmbedTotal {
		m.Embeds = drawFirings(p, maxEmbedTotal/len(m.Embeds)-overhead(m.Embeds))
	}
	return m
}

func postSize(all []*discordgo.MessageEmbed) (n int) {
	for _, e := range all {
		n += embedSize(e)
	}
	return n
}

// overhead is the most that an embed takes besides its description.
func overhead(all []*discordgo.MessageEmbed) (most int) {
	for _, e := range all {
		most = max(most, embedSize(e)-runes(e.Description))
	}
	return most
}

func drawFirings(p tracker.Post, most int) []*discordgo.MessageEmbed {
	all := []*discordgo.MessageEmbed{}
	for _, f := range p.Firings {
		all = append(all, drawFiring(f, p.Lang, most))
	}
	if len(all) == 0 { // all of its firings are told elsewhere; it still needs a face
		all = append(all, &discordgo.MessageEmbed{Description: "—"})
	}
	all[len(all)-1].Footer = &discordgo.MessageEmbedFooter{Text: marker(p.ID)}
	return all
}

// severityColours are the colours beside the firings.
var severityColours = map[tracker.Severity]int{tracker.Info: 0x3498DB, tracker.Warning: 0xE67E22, tracker.Critical: 0xE74C3C}

const (
	overColour   = 0x2ECC71
	maxRuleTitle = 80
	maxNamed     = 3 // measures that a firing points to
)

// drawFiring is one firing, with a description of at most so many characters.
func drawFiring(f tracker.Firing, lang string, most int) *discordgo.MessageEmbed {
	title, colour := firingWord(f).In(lang), severityColours[f.Severity]
	if f.Kind == tracker.Resolved {
		colour = overColour
	}
	foot := "\n" + firedAt(f, lang) + pointers(f, lang)
	text := plainText(f.Message.In(lang))
	if text == "" {
		text = plainText(f.Subject)
	}
	return &discordgo.MessageEmbed{
		Title:       title + " · " + cutText(plainText(f.Rule), maxRuleTitle),
		Color:       colour,
		Description: cutText(text, most-runes(foot)) + foot,
	}
}

// firingWord is what kind of news a firing is, in a word.
func firingWord(f tracker.Firing) tracker.Text {
	switch {
	case f.Kind == tracker.Resolved:
		return tracker.Text{EN: "over", ZH: "已结束"}
	case f.Severity == tracker.Critical:
		return tracker.Text{EN: "critical", ZH: "严重"}
	case f.Severity == tracker.Warning:
		return tracker.Text{EN: "warning", ZH: "警告"}
	}
	return tracker.Text{EN: "info", ZH: "提示"}
}

// firedAt tells when a firing was due, in the reader's own time.
func firedAt(f tracker.Firing, lang string) string {
	if f.Late.IsZero() {
		return timeMark(f.At)
	}
	late := tracker.Text{EN: "was due %s, told late", ZH: "本应于 %s 触发，延迟告知"}.In(lang)
	return fmt.Sprintf(late, timeMark(f.At))
}

// timeMark is an instant that Discord shows in the reader's zone, with how far
// away it is.
func timeMark(at time.Time) string {
	return fmt.Sprintf("<t:%d:f> (<t:%[1]d:R>)", at.Unix())
}

// pointers say where to read more.
func pointers(f tracker.Firing, lang string) string {
	var where []string
	for _, id := range f.Measures[:min(len(f.Measures), maxNamed)] {
		where = append(where, code(cut("/measure "+id, 60)))
	}
	if f.Own() {
		where = append(where, code("/rule list"))
	} else {
		where = append(where, code("/rule firing "+f.ID))
	}
	return tracker.Text{EN: " · more: ", ZH: " · 详情："}.In(lang) + strings.Join(where, ", ")
}
