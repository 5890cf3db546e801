package bot

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/bwmarrin/discordgo"
)

const (
	// pageSize is how many characters of a reply one message shows; more does not
	// read well, although Discord would take it.
	pageSize = 3000
	// maxURL is the longest address that is made to click.
	maxURL = 400
)

var toneColours = map[Tone]int{Good: 0x2ECC71, Notice: 0x3498DB, Warning: 0xE67E22, Alarm: 0xE74C3C}

// drawReply is a reply as one page or more. Nothing is left out: what does not
// fit a page is on the next.
func drawReply(r Reply) []*discordgo.MessageEmbed {
	title := cutText(plainText(r.Title), maxTitle)
	texts := paged(drawSections(r.Sections), pageSize)
	if len(texts) == 0 && title == "" {
		texts = []string{"—"}
	} else if len(texts) == 0 {
		texts = []string{""}
	}
	var pages []*discordgo.MessageEmbed
	for i, text := range texts {
		page := &discordgo.MessageEmbed{Title: title, Color: toneColours[r.Tone], Description: text}
		if len(texts) > 1 {
			page.Footer = &discordgo.MessageEmbedFooter{Text: fmt.Sprintf("%d / %d", i+1, len(texts))}
		}
		pages = append(pages, page)
	}
	return pages
}

// drawSections are the lines of a reply, in Discord's markdown. An empty line
// stands between sections.
func drawSections(all []Section) []string {
	var lines []string
	for _, s := range all {
		of := drawSection(s)
		if len(lines) > 0 && len(of) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, of...)
	}
	return lines
}

func drawSection(s Section) []string {
	var lines []string
	if s.Heading != "" {
		lines = append(lines, "**"+oneLine(s.Heading)+"**")
	}
	for _, l := range s.Lines {
		lines = append(lines, strings.Split(plainText(l), "\n")...)
	}
	for _, f := range s.Fields {
		lines = append(lines, "**"+oneLine(f.Name)+"**: "+oneLine(f.Value))
	}
	for _, i := range s.Items {
		lines = append(lines, "- "+oneLine(i))
	}
	if s.Table != nil {
		lines = append(lines, drawTable(*s.Table)...)
	}
	lines = append(lines, drawMarked(s.Marked)...)
	for _, l := range s.Links {
		lines = append(lines, "- "+drawLink(l))
	}
	return lines
}

// drawTable gives each row a line of its own: Discord has no tables, and columns
// made of spaces stand crooked beside Chinese and on a telephone.
func drawTable(t Table) []string {
	lines := []string{"*" + joined(t.Columns) + "*"}
	for _, r := range t.Rows {
		if len(r) == 0 {
			continue
		}
		line := "- **" + oneLine(r[0]) + "**"
		if rest := joined(r[1:]); rest != "" {
			line += " · " + rest
		}
		lines = append(lines, line)
	}
	return lines
}

func joined(cells []string) string {
	var all []string
	for _, c := range cells {
		if c != "" {
			all = append(all, oneLine(c))
		}
	}
	return strings.Join(all, " · ")
}

// drawLink shows where a link leads, so that its text cannot pretend to be
// somewhere else. What is not of the web is shown and not made to click.
func drawLink(l Link) string {
	text := oneLine(l.Text)
	at, err := url.Parse(l.URL)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" || len(at.String()) > maxURL {
		return strings.TrimSpace(text + " " + plainText(cut(l.URL, maxURL)))
	}
	if text == "" || strings.Contains(text, "://") {
		return strings.TrimSpace(text + " <" + inMarkdown(at) + ">")
	}
	return "[" + text + "](" + inMarkdown(at) + ") · " + plainText(at.Hostname())
}

func inMarkdown(at *url.URL) string {
	return strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", " ", "%20", "\\", "%5C").Replace(at.String())
}

// oneLine is text from outside in one line.
func oneLine(s string) string { return plainText(strings.Join(strings.Fields(s), " ")) }

// paged packs lines into pages of at most so many characters. A line that is
// longer than a page goes on in the next.
func paged(lines []string, most int) []string {
	var pages []string
	var page strings.Builder
	size := 0
	turn := func() {
		if text := strings.Trim(page.String(), "\n"); text != "" {
			pages = append(pages, text)
		}
		page.Reset()
		size = 0
	}
	for _, line := range lines {
		for _, part := range parts(line, most) {
			if size+runes(part)+1 > most {
				turn()
			}
			page.WriteString(part + "\n")
			size += runes(part) + 1
		}
	}
	turn()
	return pages
}

// parts are a line in pieces of less than so many characters, broken between
// words where that is possible, and never after a lone backslash.
func parts(line string, most int) []string {
	var all []string
	rest := []rune(line)
	for len(rest) >= most {
		at := most - 1 // at least 1 after what follows: most is not that small
		for back := at; back > at-100 && back > 0; back-- {
			if rest[back] == ' ' {
				at = back
				break
			}
		}
		slashes := 0
		for slashes < at && rest[at-1-slashes] == '\\' {
			slashes++
		}
		at -= slashes % 2
		all = append(all, string(rest[:at]))
		rest = rest[at:]
	}
	return append(all, string(rest))
}
