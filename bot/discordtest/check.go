package discordtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Lengths that Discord allows, in characters. Sources: "Create Message", "Embed
// Limits", "Interaction Response", "Application Command" in its documentation.
const (
	maxContent      = 2000
	maxEmbeds       = 10
	maxEmbedTotal   = 6000 // of all embeds of a message together
	maxTitle        = 256
	maxDescription  = 4096
	maxFooter       = 2048
	maxFields       = 25
	maxFieldName    = 256
	maxFieldValue   = 1024
	maxNonce        = 25
	maxRows         = 5
	maxButtons      = 5 // in a row
	maxCustomID     = 100
	maxLabel        = 80
	maxChoices      = 25
	maxChoiceName   = 100
	maxChoiceValue  = 100
	maxCommandWords = 100 // description of a command, an option; also localised
	maxOptions      = 25
	maxCommandSize  = 8000 // names, descriptions and values of one command
)

// check collects what is wrong with a body.
type check struct{ wrong []string }

func (c *check) fail(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
}

func (c *check) length(what, s string, least, most int) {
	if n := utf8.RuneCountInString(s); n < least || n > most {
		c.fail("%s has %d characters, not %d to %d", what, n, least, most)
	}
}

func (c *check) count(what string, n, most int) {
	if n > most {
		c.fail("%d %s, not at most %d", n, what, most)
	}
}

func (c *check) message(b messageBody) {
	c.length("content", b.Content, 0, maxContent)
	c.length("nonce", b.Nonce, 0, maxNonce)
	c.count("embeds", len(b.Embeds), maxEmbeds)
	if b.Content == "" && len(b.Embeds) == 0 && len(b.Components) == 0 {
		c.fail("an empty message")
	}
	if b.AllowedMentions == nil || b.AllowedMentions.Parse == nil || len(b.AllowedMentions.Parse) > 0 {
		c.fail("allowed_mentions.parse is not an empty list")
	}
	total := 0
	for _, e := range b.Embeds {
		total += c.embed(e)
	}
	c.count("characters in embeds", total, maxEmbedTotal)
	c.rows(b.Components)
}

// embed checks one and counts its characters.
func (c *check) embed(e Embed) int {
	n := utf8.RuneCountInString(e.Title) + utf8.RuneCountInString(e.Description)
	c.length("title", e.Title, 0, maxTitle)
	c.length("description", e.Description, 0, maxDescription)
	if e.Footer != nil {
		c.length("footer", e.Footer.Text, 1, maxFooter)
		n += utf8.RuneCountInString(e.Footer.Text)
	}
	if e.Author != nil {
		c.length("author", e.Author.Name, 1, maxTitle)
		n += utf8.RuneCountInString(e.Author.Name)
	}
	c.count("fields", len(e.Fields), maxFields)
	for _, f := range e.Fields {
		c.length("field name", f.Name, 1, maxFieldName)
		c.length("field value", f.Value, 1, maxFieldValue)
		n += utf8.RuneCountInString(f.Name) + utf8.RuneCountInString(f.Value)
	}
	if n == 0 {
		c.fail("an empty embed")
	}
	return n
}

type component struct {
	Type       int         `json:"type"`
	CustomID   string      `json:"custom_id"`
	URL        string      `json:"url"`
	Label      string      `json:"label"`
	Style      int         `json:"style"`
	Components []component `json:"components"`
}

func (c *check) rows(all []json.RawMessage) {
	c.count("rows of buttons", len(all), maxRows)
	seen := map[string]bool{}
	for _, raw := range all {
		var row component
		if err := json.Unmarshal(raw, &row); err != nil || row.Type != 1 || len(row.Components) == 0 {
			c.fail("not a row of buttons: %s", raw)
			continue
		}
		c.count("buttons in a row", len(row.Components), maxButtons)
		for _, b := range row.Components {
			c.button(b, seen)
		}
	}
}

func (c *check) button(b component, seen map[string]bool) {
	if b.Type != 2 || b.Style < 1 || b.Style > 5 {
		c.fail("type %d style %d is not a button", b.Type, b.Style)
	}
	c.length("label", b.Label, 1, maxLabel)
	if b.Style == 5 {
		return // a link has no custom_id
	}
	c.length("custom_id", b.CustomID, 1, maxCustomID)
	if seen[b.CustomID] {
		c.fail("custom_id %q twice", b.CustomID)
	}
	seen[b.CustomID] = true
}

// choice is a choice of an option, or one offered while somebody types.
type choice struct {
	Name  string `json:"name"`
	Names words  `json:"name_localizations"`
	Value any    `json:"value"`
}

type words map[string]string

func (c *check) choices(all []choice) {
	c.count("choices", len(all), maxChoices)
	for _, one := range all {
		c.length("choice name", one.Name, 1, maxChoiceName)
		if s, is := one.Value.(string); is {
			c.length("choice value", s, 1, maxChoiceValue)
		}
	}
}

// commandBody is a command or an option of one.
type commandBody struct {
	Type         int           `json:"type"`
	Name         string        `json:"name"`
	Names        words         `json:"name_localizations"`
	Description  string        `json:"description"`
	Descriptions words         `json:"description_localizations"`
	Required     bool          `json:"required"`
	Autocomplete bool          `json:"autocomplete"`
	Choices      []choice      `json:"choices"`
	Options      []commandBody `json:"options"`
}

// commandName is what Discord's documentation calls CHAT_INPUT naming.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}]{1,32}$`)

func (c *check) commands(all []commandBody) {
	c.count("commands", len(all), 100)
	names := map[string]bool{}
	for _, one := range all {
		if names[one.Name] {
			c.fail("command %q twice", one.Name)
		}
		names[one.Name] = true
		if n := c.command(one); n > maxCommandSize {
			c.fail("command %q has %d characters in all, not at most %d", one.Name, n, maxCommandSize)
		}
	}
}

// command checks a command or an option with those below it and counts their characters.
func (c *check) command(b commandBody) int {
	n := c.named(b)
	c.count("options of "+b.Name, len(b.Options), maxOptions)
	c.choices(b.Choices)
	if b.Autocomplete && len(b.Choices) > 0 {
		c.fail("%s has choices and autocomplete", b.Name)
	}
	for _, one := range b.Choices {
		n += utf8.RuneCountInString(one.Name) + utf8.RuneCountInString(fmt.Sprint(one.Value))
	}
	optional := false
	names := map[string]bool{}
	for _, o := range b.Options {
		if o.Required && optional {
			c.fail("%s %s is required and comes after one that is not", b.Name, o.Name)
		}
		if names[o.Name] || o.Type < 1 || o.Type > 11 {
			c.fail("option %s %s: twice, or of an unknown type", b.Name, o.Name)
		}
		names[o.Name], optional = true, optional || !o.Required
		n += c.command(o)
	}
	return n
}

func (c *check) named(b commandBody) int {
	c.length("description of "+b.Name, b.Description, 1, maxCommandWords)
	for _, name := range append(slices.Collect(maps.Values(b.Names)), b.Name) {
		if !commandName.MatchString(name) || name != strings.ToLower(name) {
			c.fail("%q cannot be the name of a command or an option", name)
		}
	}
	for _, d := range b.Descriptions {
		c.length("localised description of "+b.Name, d, 1, maxCommandWords)
	}
	return utf8.RuneCountInString(b.Name) + utf8.RuneCountInString(b.Description)
}
