package discordtest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Message is a message as Discord keeps it.
type Message struct {
	ID         string            `json:"id"`
	Channel    string            `json:"channel_id"`
	Content    string            `json:"content"`
	Embeds     []Embed           `json:"embeds"`
	Components []json.RawMessage `json:"components"`
	Nonce      string            `json:"nonce,omitempty"`
	Flags      int               `json:"flags"`
	Author     Author            `json:"author"`
	Mentions   *AllowedMentions  `json:"-"` // as it was asked for
	Edited     int               `json:"-"` // how often
	Published  bool              `json:"-"` // to those who follow the channel
	Files      []Upload          `json:"-"`
	At         time.Time         `json:"timestamp"`
}

// Author is who wrote a message.
type Author struct {
	ID  string `json:"id"`
	Bot bool   `json:"bot"`
}

// Embed is the part of an embed that a bot sends.
type Embed struct {
	Title       string  `json:"title,omitempty"`
	Description string  `json:"description,omitempty"`
	URL         string  `json:"url,omitempty"`
	Timestamp   string  `json:"timestamp,omitempty"`
	Color       int     `json:"color,omitempty"`
	Footer      *Footer `json:"footer,omitempty"`
	Author      *Named  `json:"author,omitempty"`
	Fields      []Field `json:"fields,omitempty"`
}

// Footer is the last line of an embed.
type Footer struct {
	Text string `json:"text"`
}

// Named is the first line of an embed.
type Named struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

// Field is a heading with words under it.
type Field struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline,omitempty"`
}

// AllowedMentions is whom a message may call.
type AllowedMentions struct {
	Parse []string `json:"parse"`
	Roles []string `json:"roles"`
	Users []string `json:"users"`
}

// channel is one channel, under the server's mu.
type channel struct {
	messages  []Message
	nonces    map[string]nonce
	place     Place
	noAccess  bool
	noHistory bool
}

type nonce struct {
	message int // its place in messages
	at      time.Time
}

// AddChannel makes channels in [Home] that the bot may post to.
func (s *Server) AddChannel(ids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		s.channels[id] = &channel{nonces: map[string]nonce{}, place: Place{ID: id, Guild: Home}}
	}
}

// DeleteChannel makes a channel unknown.
func (s *Server) DeleteChannel(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.channels, id)
}

// Forbid takes the bot's right to see a channel.
func (s *Server) Forbid(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[id].noAccess = true
}

// HideHistory takes the bot's right to read what was posted: Discord then lists
// no messages and does not say why.
func (s *Server) HideHistory(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[id].noHistory = true
}

// ForgetNonces does what time does.
func (s *Server) ForgetNonces() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.channels {
		clear(c.nonces)
	}
}

// Messages lists what stands in a channel, oldest first.
func (s *Server) Messages(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.channels[channel]; c != nil {
		return slices.Clone(c.messages)
	}
	return nil
}

// Say posts a message of somebody else.
func (s *Server) Say(channel, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.channels[channel].messages = append(s.channels[channel].messages,
		Message{ID: s.nextID(now), Channel: channel, Content: content, Author: Author{ID: "77"}, At: now})
}

// DeleteMessage does what a moderator does.
func (s *Server) DeleteMessage(channel, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channel]
	c.messages = slices.DeleteFunc(c.messages, func(m Message) bool { return m.ID == id })
	clear(c.nonces)
}

func (s *Server) inChannel(id string, do func(*channel) reply) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[id]
	switch {
	case c == nil:
		return refuse(http.StatusNotFound, 10003, "Unknown Channel")
	case c.noAccess:
		return refuse(http.StatusForbidden, 50001, "Missing Access")
	}
	return do(c)
}

// messageBody is the body of a post or an edit.
type messageBody struct {
	Content         string            `json:"content"`
	Embeds          []Embed           `json:"embeds"`
	Components      []json.RawMessage `json:"components"`
	Nonce           string            `json:"nonce"`
	EnforceNonce    bool              `json:"enforce_nonce"`
	Flags           int               `json:"flags"`
	AllowedMentions *AllowedMentions  `json:"allowed_mentions"`
	Attachments     []attachmentBody  `json:"attachments"`
	files           []Upload
}

func (s *Server) post(channelID string, b messageBody) reply {
	return s.inChannel(channelID, func(c *channel) reply {
		now := time.Now()
		if old, known := c.nonces[b.Nonce]; known && b.EnforceNonce && now.Sub(old.at) < s.NonceMemory {
			return reply{status: http.StatusOK, value: c.messages[old.message]}
		}
		m := b.message(s.nextID(now), channelID, now)
		c.messages = append(c.messages, m)
		if b.Nonce != "" {
			c.nonces[b.Nonce] = nonce{len(c.messages) - 1, now}
		}
		return reply{status: http.StatusOK, value: m}
	})
}

func (b messageBody) message(id, channel string, at time.Time) Message {
	return Message{ID: id, Channel: channel, Content: b.Content, Embeds: b.Embeds, Components: b.Components,
		Nonce: b.Nonce, Flags: b.Flags, Mentions: b.AllowedMentions, Files: b.files, Author: Author{ID: Application, Bot: true}, At: at}
}

func (s *Server) edit(channelID, id string, b messageBody) reply {
	return s.inChannel(channelID, func(c *channel) reply {
		for i := range c.messages {
			if m := &c.messages[i]; m.ID == id {
				m.Content, m.Embeds, m.Components, m.Mentions = b.Content, b.Embeds, b.Components, b.AllowedMentions
				m.Edited++
				return reply{status: http.StatusOK, value: *m}
			}
		}
		return refuse(http.StatusNotFound, 10008, "Unknown Message")
	})
}

// crosspost publishes a message once.
func (s *Server) crosspost(channelID, id string) reply {
	return s.inChannel(channelID, func(c *channel) reply {
		for i := range c.messages {
			m := &c.messages[i]
			switch {
			case m.ID == id && m.Published:
				return refuse(http.StatusBadRequest, 40033, "This message has already been crossposted")
			case m.ID == id:
				m.Published = true
				return reply{status: http.StatusOK, value: *m}
			}
		}
		return refuse(http.StatusNotFound, 10008, "Unknown Message")
	})
}

// list gives at most limit messages, newest first: of those after an id the
// ones next to it, else the newest. It leaves nonces out, as Discord does.
func (s *Server) list(channelID, after string, limit int) reply {
	return s.inChannel(channelID, func(c *channel) reply {
		all := slices.Clone(c.messages)
		if c.noHistory {
			all = nil
		}
		if after != "" {
			all = slices.DeleteFunc(all, func(m Message) bool { return compareIDs(m.ID, after) <= 0 })
			all = all[:min(limit, len(all))]
		}
		all = all[max(0, len(all)-limit):]
		for i := range all {
			all[i].Nonce = ""
		}
		slices.Reverse(all)
		return reply{status: http.StatusOK, value: append([]Message{}, all...)}
	})
}

func compareIDs(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

func limitOf(r *http.Request) int {
	if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil {
		return n
	}
	return 50
}
