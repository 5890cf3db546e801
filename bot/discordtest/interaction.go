package discordtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// What an interaction is and how it can be answered, by Discord's numbers.
const (
	Command      = 2
	Button       = 3
	Autocomplete = 4

	Answered      = 4 // with a message, at once
	Deferred      = 5 // with a message that is to come
	DeferredPaged = 6 // the message with the button changes later
	Paged         = 7 // the message with the button changes at once
	Offered       = 8 // choices for what is being typed

	Ephemeral = 64 // flag: only who asked sees it
)

// deadline is how long Discord waits for the first answer.
const deadline = 3 * time.Second

// Interaction is one use of a command or a button, and how it was answered.
type Interaction struct {
	ID, Token string

	s       *Server
	made    time.Time
	changed chan struct{} // closed, and replaced, at each change

	// Under the server's mu.
	kind     int // how it was answered first; 0: not yet
	after    time.Duration
	message  *Message
	followed []Message
	choices  []string
}

// Ask is what somebody does in Discord.
type Ask struct {
	Type        int            // Command if zero
	Name        string         // of the command
	Sub         string         // subcommand, if any
	Options     map[string]any // values by the option's name
	Focused     string         // with Autocomplete: the option that is being typed
	CustomID    string         // with Button
	Locale      string         // "en-US" if empty
	Guild       string         // empty: a direct message
	Channel     string         // where it is typed
	User        string         // "55" if empty
	Permissions int64          // of the member in the channel
	Old         time.Duration  // how long ago it was made
	More        map[string]any // further keys of the event
	Types       map[string]int // type of an option, where it does not follow from its value
}

// Interact sends an interaction to the shard of its guild.
func (s *Server) Interact(a Ask) *Interaction {
	s.mu.Lock()
	now := time.Now().Add(-a.Old)
	id := s.nextID(now)
	i := &Interaction{ID: id, Token: "interaction-token-" + id, s: s, made: now, changed: make(chan struct{})}
	s.replies[i.Token] = i
	s.mu.Unlock()
	s.dispatch(a.Guild, "INTERACTION_CREATE", a.event(i))
	return i
}

func (a Ask) event(i *Interaction) map[string]any {
	e := map[string]any{
		"id": i.ID, "token": i.Token, "application_id": Application, "type": or(a.Type, Command), "version": 1,
		"channel_id": a.Channel, "locale": or(a.Locale, "en-US"), "app_permissions": "2147483647", "entitlements": []any{},
	}
	user := map[string]any{"id": or(a.User, "55"), "username": "ana", "discriminator": "0"}
	if a.Guild == "" {
		e["user"], e["context"] = user, 1
	} else {
		e["guild_id"], e["context"] = a.Guild, 0
		e["member"] = map[string]any{"user": user, "permissions": fmt.Sprint(a.Permissions), "roles": []string{}, "joined_at": "2024-01-01T00:00:00Z"}
	}
	if a.Type == Button {
		e["data"] = map[string]any{"custom_id": a.CustomID, "component_type": 2}
		e["message"] = map[string]any{"id": "1", "channel_id": a.Channel, "content": "", "timestamp": "2024-01-01T00:00:00Z"}
	} else {
		e["data"] = a.data()
	}
	for k, v := range a.More {
		e[k] = v
	}
	return e
}

func (a Ask) data() map[string]any {
	options := []any{}
	for name, value := range a.Options {
		o := map[string]any{"name": name, "value": value, "type": or(a.Types[name], optionType(value))}
		if name == a.Focused {
			o["focused"] = true
		}
		options = append(options, o)
	}
	if a.Sub != "" {
		options = []any{map[string]any{"name": a.Sub, "type": 1, "options": options}}
	}
	return map[string]any{"id": "1", "name": a.Name, "type": 1, "options": options}
}

func optionType(v any) int {
	switch v.(type) {
	case int, int64:
		return 4
	case bool:
		return 5
	case float64:
		return 10
	}
	return 3
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// First waits for the first answer: its kind, and how long it took. Kind 0 means
// that none came in time, which Discord shows as "the application did not respond".
func (i *Interaction) First() (kind int, took time.Duration) {
	i.wait(deadline, func() bool { return i.kind != 0 })
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return i.kind, i.after
}

// Message waits for the message that is shown in the end; nil: none came within
// the time. One that was taken back for a private one is not the end.
func (i *Interaction) Message(within time.Duration) *Message {
	i.wait(within, func() bool { return i.message != nil || len(i.followed) > 0 })
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	if i.message == nil && len(i.followed) > 0 {
		return &i.followed[0]
	}
	return i.message
}

// Choices waits for what was offered.
func (i *Interaction) Choices(within time.Duration) []string {
	i.wait(within, func() bool { return i.kind == Offered })
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return i.choices
}

func (i *Interaction) wait(most time.Duration, done func() bool) {
	timer := time.After(most)
	for {
		i.s.mu.Lock()
		over, changed := done(), i.changed
		i.s.mu.Unlock()
		if over {
			return
		}
		select {
		case <-changed:
		case <-timer:
			return
		}
	}
}

func (i *Interaction) change() {
	close(i.changed)
	i.changed = make(chan struct{})
}

// callbackBody is the first answer.
type callbackBody struct {
	Type int `json:"type"`
	Data struct {
		messageBody
		Choices []choice `json:"choices"`
	} `json:"data"`
}

func (s *Server) callback(token string, body []byte, files map[string]Upload) reply {
	var b callbackBody
	bad := s.read(body, &b, func(c *check) {
		b.Data.files = c.uploads(b.Data.Attachments, files)
		switch b.Type {
		case Answered, Paged:
			c.message(b.Data.messageBody)
		case Offered:
			c.choices(b.Data.Choices)
		case Deferred, DeferredPaged:
		default:
			c.fail("an answer of type %d", b.Type)
		}
	})
	if bad != nil {
		return *bad
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.replies[token]
	if i == nil || time.Since(i.made) > deadline {
		return refuse(http.StatusNotFound, 10062, "Unknown interaction")
	}
	if i.kind != 0 {
		return refuse(http.StatusBadRequest, 40060, "Interaction has already been acknowledged.")
	}
	i.kind, i.after = b.Type, time.Since(i.made)
	switch b.Type {
	case Answered, Paged:
		m := b.Data.message(s.nextID(time.Now()), "", time.Now())
		i.message = &m
	case Offered:
		for _, c := range b.Data.Choices {
			i.choices = append(i.choices, fmt.Sprint(c.Value))
		}
	}
	i.change()
	return reply{status: http.StatusNoContent}
}

// serveWebhook serves what follows a first answer: /webhooks/APP/TOKEN.
func (s *Server) serveWebhook(method string, parts []string, body []byte, files map[string]Upload) reply {
	s.mu.Lock()
	i := s.replies[parts[2]]
	gone := i == nil || i.kind == 0 || time.Since(i.made) > 15*time.Minute
	s.mu.Unlock()
	if gone {
		return refuse(http.StatusNotFound, 10015, "Unknown Webhook")
	}
	var b messageBody
	if method != http.MethodDelete {
		var bad *reply
		if b, bad = s.readMessage(body, files); bad != nil {
			return *bad
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer i.change()
	m := b.message(s.nextID(time.Now()), "", time.Now())
	switch method {
	case http.MethodDelete:
		i.message = nil
		return reply{status: http.StatusNoContent}
	case http.MethodPost:
		i.followed = append(i.followed, m)
	default:
		i.message = &m
	}
	return reply{status: http.StatusOK, value: m}
}

// Dispatch sends any event to every shard.
func (s *Server) Dispatch(event string, data any) { s.dispatch(everywhere, event, data) }

func encode(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // of the test's own making
	}
	return raw
}
