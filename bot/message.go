package bot

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"
)

// Lengths that Discord allows, in characters ("Create Message", "Embed Limits"
// and "Component Reference" in its documentation).
const (
	maxContent     = 2000
	maxEmbeds      = 10
	maxEmbedTotal  = 6000 // of all embeds of a message together
	maxTitle       = 256
	maxDescription = 4096
	maxCustomID    = 100
	maxLabel       = 80
	maxChoices     = 25
	maxChoiceName  = 100 // of a choice's value too
)

const flagEphemeral = 1 << 6 // only who asked sees the message

// message is the body of a post, of an edit and of an answer to an interaction.
// discordgo's own have no nonce.
type message struct {
	Content         string                    `json:"content"`
	Embeds          []*discordgo.MessageEmbed `json:"embeds"`
	Components      []row                     `json:"components"`
	AllowedMentions mentions                  `json:"allowed_mentions"`
	Flags           int                       `json:"flags,omitempty"`
	Nonce           string                    `json:"nonce,omitempty"`
	EnforceNonce    bool                      `json:"enforce_nonce,omitempty"`
	Attachments     []attachment              `json:"attachments,omitempty"` // left out of an edit, those that were there stay
	files           []File                    // in the order of Attachments
}

// mentions is whom a message may call: nobody, or the roles that are named.
type mentions struct {
	Parse []string `json:"parse"`
	Roles []string `json:"roles,omitempty"`
}

// row is a row of buttons.
type row struct {
	Type    int      `json:"type"`
	Buttons []button `json:"components"`
}

// button is one button. All that it needs is in CustomID, so that it works after
// a restart.
type button struct {
	Type     int    `json:"type"`
	Style    int    `json:"style"`
	Label    string `json:"label"`
	CustomID string `json:"custom_id"`
	Disabled bool   `json:"disabled,omitempty"`
}

// newMessage is a message that calls nobody.
func newMessage() message {
	return message{
		Embeds: []*discordgo.MessageEmbed{}, Components: []row{}, // not left out: an edit takes away what was there
		AllowedMentions: mentions{Parse: []string{}},
	}
}

// notice is a message of plain words of our own.
func notice(s string) message {
	m := newMessage()
	m.Content = cut(s, maxContent)
	return m
}

func isSnowflake(id string) bool {
	return id != "" && len(id) <= 20 && strings.Trim(id, "0123456789") == ""
}

// link is what Discord makes a link of by itself. It shows as what it is, so it
// needs no escape, and would not survive one.
var link = regexp.MustCompile(`https?://[^\s<>]+`)

// plainText is text from outside, such that Discord shows its characters and
// nothing else: no markdown, mention, time mark, or link with another face.
func plainText(s string) string {
	var b strings.Builder
	s = strings.ToValidUTF8(s, "\uFFFD")
	for s != "" {
		at := link.FindStringIndex(s)
		if at == nil {
			escape(&b, s)
			break
		}
		escape(&b, s[:at[0]])
		b.WriteString(strings.Map(visible, s[at[0]:at[1]]))
		s = s[at[1]:]
	}
	return b.String()
}

func escape(b *strings.Builder, s string) {
	start := true // of a line
	for _, r := range s {
		if r = visible(r); r < 0 {
			continue
		}
		if strings.ContainsRune("\\*_~`|[]<>@#", r) || start && strings.ContainsRune("-+", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		start = r == '\n' || start && r == ' '
	}
}

// visible drops what cannot be seen and changes what can: control characters and
// those that turn the direction of writing.
func visible(r rune) rune {
	switch {
	case r == '\n':
		return r
	case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F:
		return -1
	}
	return r
}

// cutText is cut for text that was made by plainText: no escape and no link is
// left in halves.
func cutText(s string, most int) string {
	short := cut(s, most)
	if short == s {
		return s
	}
	short = strings.TrimSuffix(short, "…")
	if at := strings.LastIndexAny(short, " \n") + 1; strings.Contains(short[at:], "://") {
		short = short[:at]
	}
	slashes := len(short) - len(strings.TrimRight(short, `\`))
	return short[:len(short)-slashes%2] + "…"
}

// code is an id between backticks, to be copied.
func code(s string) string {
	return "`" + strings.ReplaceAll(strings.Map(visible, s), "`", "'") + "`"
}

func runes(s string) int { return utf8.RuneCountInString(s) }

// embedSize is how much of maxEmbedTotal an embed of ours takes: it has no fields.
func embedSize(e *discordgo.MessageEmbed) int {
	n := runes(e.Title) + runes(e.Description)
	if e.Footer != nil {
		n += runes(e.Footer.Text)
	}
	return n
}
