package bot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"derisk/tracker"
)

// marker is what a post's message is recognised by in a channel.
func marker(post string) string { return "derisk · " + post }

// drawPost is the message of a post, as things stand with its firings now: an
// embed for each rule and tick, with a line for each firing, or of a digest a
// heading for each. If all is too long for one message, each firing is cut,
// never left out, and a button leads to the whole.
func drawPost(p tracker.Post) message {
	m := newMessage()
	m.Nonce, m.EnforceNonce = p.ID, true
	clusters := clustered(p)
	m.Content = postHeading(p, clusters)
	if isSnowflake(p.Ping) {
		m.Content = strings.TrimSpace("<@&" + p.Ping + "> " + m.Content)
		m.AllowedMentions.Roles = []string{p.Ping}
	}
	for most := maxFiringText; ; most = most * 3 / 4 {
		m.Embeds = drawClusters(p, clusters, most)
		if fits(m.Embeds) || most < minFiringText {
			break
		}
	}
	m.Components = postButtons(p)
	return m
}

const (
	maxFiringText = 1500 // characters of a firing's words, where there is room
	minFiringText = 40   // below it a post of maxTold fits in any case
	maxTold       = 25   // firings of one post
)

func fits(all []*discordgo.MessageEmbed) bool {
	total := 0
	for _, e := range all {
		total += embedSize(e)
		if runes(e.Description) > maxDescription {
			return false
		}
	}
	return total <= maxEmbedTotal
}

// cluster is what one rule found at one tick, as far as a post tells it.
type cluster []tracker.Telling

// clustered puts together what belongs together, in the order of the firings; in
// a digest the most severe comes first.
func clustered(p tracker.Post) (all []cluster) {
	type of struct {
		rule string
		kind tracker.FiringKind
		at   time.Time
	}
	place := map[of]int{}
	for _, t := range p.Tellings() {
		key := of{t.Rule, t.Kind, t.At}
		i, there := place[key]
		if !there {
			i = len(all)
			place[key], all = i, append(all, nil)
		}
		all[i] = append(all[i], t)
	}
	if p.Digest {
		rank := func(c cluster) int { return slices.Index(tracker.Severities(), c[0].Severity) }
		slices.SortStableFunc(all, func(a, b cluster) int { return -cmp.Compare(rank(a), rank(b)) })
	}
	return all
}

// over says that all of it has ended.
func (c cluster) over() bool {
	return !slices.ContainsFunc(c, func(t tracker.Telling) bool { return t.Kind == tracker.Began && t.End == nil })
}

// heading is what a cluster is, in words, with so much of the rule's name.
func (c cluster) heading(lang string, most int) string {
	words := firingWord(c[0].Firing)
	if c.over() {
		words = overWord
	}
	heading := words.In(lang) + " · " + cutText(plainText(c[0].Rule), most)
	if len(c) > 1 {
		heading += fmt.Sprintf(" · %d", len(c))
	}
	return heading
}

func (c cluster) colour() int {
	if c.over() {
		return overColour
	}
	return severityColours[c[0].Severity]
}

func drawClusters(p tracker.Post, clusters []cluster, most int) []*discordgo.MessageEmbed {
	all := []*discordgo.MessageEmbed{}
	switch {
	case len(clusters) == 0: // all of its firings are told elsewhere; it still needs a face
		all = append(all, &discordgo.MessageEmbed{Description: "—"})
	case p.Digest || len(clusters) > maxEmbeds:
		all = drawDigest(p, clusters, most)
	default:
		for _, c := range clusters {
			all = append(all, drawCluster(p, c, most))
		}
	}
	all[len(all)-1].Footer = &discordgo.MessageEmbedFooter{Text: marker(p.ID)}
	return all
}

func drawCluster(p tracker.Post, c cluster, most int) *discordgo.MessageEmbed {
	e := &discordgo.MessageEmbed{Title: c.heading(p.Lang, maxRuleTitle), Color: c.colour()}
	if len(c) == 1 {
		t := c[0]
		e.Description = strings.Join(append([]string{firingText(t, p.Lang, most)}, newsOf(t, p.Lang, min(most, maxCorrection))...), "\n") +
			"\n" + firedAt(t.Firing, p.Lang) + pointers(t.Firing, p.Lang)
		return e
	}
	e.Description = strings.Join(append(drawLines(c, p.Lang, most), firedAt(c[0].Firing, p.Lang)), "\n")
	return e
}

// drawDigest is all clusters, each under a heading.
func drawDigest(p tracker.Post, clusters []cluster, most int) (all []*discordgo.MessageEmbed) {
	var lines []string
	for _, c := range clusters {
		lines = append(lines, "**"+c.heading(p.Lang, maxRuleTitle/2)+"** · "+fmt.Sprintf("<t:%d:d>", c[0].At.Unix()))
		lines = append(lines, drawLines(c, p.Lang, most)...)
	}
	for _, page := range paged(lines, pageSize) {
		all = append(all, &discordgo.MessageEmbed{Color: clusters[0].colour(), Description: page})
	}
	return all
}

// drawLines is a line for each firing, with the latest of what became of it.
func drawLines(c cluster, lang string, most int) (lines []string) {
	for _, t := range c {
		line := "- " + strings.ReplaceAll(firingText(t, lang, most), "\n", " ")
		if news := newsOf(t, lang, 0); len(news) > 0 {
			line += " " + news[len(news)-1]
		}
		lines = append(lines, line)
	}
	return lines
}

func firingText(t tracker.Telling, lang string, most int) string {
	return cutText(cmp.Or(plainText(t.Message.In(lang)), plainText(t.Subject)), most)
}

const maxNews = 4 // of what became of one firing: the latest

// newsOf says what became of a firing since, the latest last, with so much of
// what a correction says.
func newsOf(t tracker.Telling, lang string, most int) (news []string) {
	for _, n := range t.Notes {
		news = append(news, "↳ "+noteWords(n, lang, most))
	}
	if t.End != nil {
		news = append(news, "↳ **"+overWord.In(lang)+"** · "+timeMark(t.End.At))
	}
	return news[max(0, len(news)-maxNews):]
}

// noteWords say what became of a firing.
func noteWords(n tracker.Note, lang string, most int) string {
	at := fmt.Sprintf("<t:%d:f>", n.At.Unix())
	who := code(cut(strings.TrimPrefix(n.By, userPrefix), maxWho))
	if user, discord := strings.CutPrefix(n.By, userPrefix); discord && isSnowflake(user) {
		who = "<@" + user + ">" // shows the name and, as no mention is allowed, calls nobody
	}
	switch n.What {
	case tracker.NoteAcknowledged:
		return fmt.Sprintf(tracker.Text{EN: "acknowledged by %s, %s", ZH: "%s 已确认，%s"}.In(lang), who, at)
	case tracker.NoteSnoozed:
		return fmt.Sprintf(tracker.Text{EN: "snoozed by %s until <t:%d:f>", ZH: "%s 已设为稍后提醒，至 <t:%d:f>"}.In(lang), who, n.Until.Unix())
	case tracker.NoteWoken:
		return fmt.Sprintf(tracker.Text{EN: "snooze over, %s", ZH: "稍后提醒已结束，%s"}.In(lang), at) + wokenBy(n, who, lang, most)
	}
	words := fmt.Sprintf(tracker.Text{EN: "**corrected**, %s", ZH: "**已更正**，%s"}.In(lang), at)
	if most > 0 {
		words += tracker.Text{EN: ": ", ZH: "："}.In(lang) + cutText(plainText(n.Words.In(lang)), most)
	}
	return words
}

const (
	maxWho        = 40
	maxCorrection = 200
)

// postHeading says of a digest what it is, and of any post what it says besides
// its firings.
func postHeading(p tracker.Post, clusters []cluster) string {
	if !p.Digest {
		return cutText(plainText(p.Lead.In(p.Lang)), maxLead)
	}
	n := 0
	for _, c := range clusters {
		n += len(c)
	}
	heading := fmt.Sprintf(tracker.Text{EN: "Digest: %d", ZH: "摘要：%d 条"}.In(p.Lang), n)
	if n == 0 {
		heading = tracker.Text{EN: "Digest: nothing new", ZH: "摘要：无新变化"}.In(p.Lang)
	}
	return strings.TrimSpace(heading + "\n" + cutText(plainText(p.Lead.In(p.Lang)), maxLead))
}

const maxLead = 500

// severityColours are the colours beside the firings.
var severityColours = map[tracker.Severity]int{tracker.Info: 0x3498DB, tracker.Warning: 0xE67E22, tracker.Critical: 0xE74C3C}

const (
	overColour   = 0x2ECC71
	maxRuleTitle = 80
	maxNamed     = 3 // measures that a firing points to
)

var overWord = tracker.Text{EN: "over", ZH: "已结束"}

// firingWord is what kind of news a firing is, in a word.
func firingWord(f tracker.Firing) tracker.Text {
	switch {
	case f.Rule == tracker.DrillRule:
		return tracker.Text{EN: "DRILL", ZH: "演练"}
	case f.Kind == tracker.Resolved:
		return overWord
	}
	return named(severityWords, f.Severity)
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
