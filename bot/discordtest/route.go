package discordtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// serve carries one request out.
func (s *Server) serve(r *http.Request, path string, body []byte) reply {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	route := r.Method + " " + parts[0]
	open := parts[0] == "interactions" || parts[0] == "webhooks" // these carry a token of their own
	if !open && r.Header.Get("Authorization") != "Bot "+s.Token {
		return refuse(http.StatusUnauthorized, 0, "401: Unauthorized")
	}
	body, files, err := splitBody(r.Header, body)
	if err != nil {
		s.breaks(err.Error())
		return refuse(http.StatusBadRequest, 50109, "The request body contains invalid JSON.")
	}
	switch {
	case path == "/gateway/bot":
		return reply{status: http.StatusOK, value: s.gatewayBot(r)}
	case path == "/users/@me" || path == "/applications/@me":
		return reply{status: http.StatusOK, value: map[string]string{"id": Application}}
	case path == "/users/@me/channels" && r.Method == http.MethodPost:
		return s.directMessages(body)
	case route == "PUT applications" && len(parts) == 3:
		return s.register(body)
	case route == "GET channels" && len(parts) == 2:
		return s.describe(parts[1])
	case route == "GET guilds" && len(parts) >= 2:
		return s.serveGuild(parts)
	case strings.HasSuffix(route, " channels") && len(parts) >= 3:
		return s.serveMessages(r, parts, body, files)
	case route == "POST interactions" && len(parts) == 4:
		return s.callback(parts[2], body, files)
	case strings.HasSuffix(route, " webhooks") && len(parts) >= 3:
		return s.serveWebhook(r.Method, parts, body, files)
	}
	return refuse(http.StatusNotFound, 0, "404: Not Found")
}

func (s *Server) serveMessages(r *http.Request, parts []string, body []byte, files map[string]Upload) reply {
	if r.Method == http.MethodGet {
		return s.list(parts[1], r.URL.Query().Get("after"), limitOf(r))
	}
	if r.Method == http.MethodPost && len(parts) == 5 && parts[4] == "crosspost" {
		return s.crosspost(parts[1], parts[3])
	}
	b, bad := s.readMessage(body, files)
	switch {
	case bad != nil:
		return *bad
	case r.Method == http.MethodPost:
		return s.post(parts[1], b)
	case r.Method == http.MethodPatch && len(parts) == 4:
		return s.edit(parts[1], parts[3], b)
	}
	return refuse(http.StatusMethodNotAllowed, 0, "405: Method Not Allowed")
}

func (s *Server) readMessage(body []byte, files map[string]Upload) (messageBody, *reply) {
	var b messageBody
	bad := s.read(body, &b, func(c *check) {
		c.message(b)
		b.files = c.uploads(b.Attachments, files)
	})
	return b, bad
}

// read decodes a body and checks it; what is wrong is noted and answered.
func (s *Server) read(body []byte, into any, checks func(*check)) *reply {
	c := &check{}
	if err := json.Unmarshal(body, into); err != nil {
		c.fail("%v in %.200s", err, body)
	} else {
		checks(c)
	}
	if len(c.wrong) == 0 {
		return nil
	}
	s.breaks(c.wrong...)
	bad := refuse(http.StatusBadRequest, 50035, "Invalid Form Body: "+strings.Join(c.wrong, "; "))
	return &bad
}

func (s *Server) register(body []byte) reply {
	var all []commandBody
	if bad := s.read(body, &all, func(c *check) { c.commands(all) }); bad != nil {
		return *bad
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = slices.Clone(body)
	return reply{status: http.StatusOK, value: s.commands}
}

// directMessages opens the channel "dm-USER".
func (s *Server) directMessages(body []byte) reply {
	var to struct {
		Recipient string `json:"recipient_id"`
	}
	if bad := s.read(body, &to, func(c *check) { c.length("recipient_id", to.Recipient, 1, 20) }); bad != nil {
		return *bad
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := "dm-" + to.Recipient
	if s.channels[id] == nil {
		s.channels[id] = &channel{nonces: map[string]nonce{}, place: Place{ID: id, Kind: 1}}
	}
	return reply{status: http.StatusOK, value: map[string]any{"id": id, "type": 1}}
}

func (s *Server) gatewayBot(r *http.Request) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]any{
		"url": "ws://" + r.Host + "/gateway", "shards": max(s.gateway.shards, 1),
		"session_start_limit": map[string]any{
			"total": 1000, "remaining": s.StartsLeft, "reset_after": (24 * time.Hour).Milliseconds(), "max_concurrency": max(s.gateway.slots, 1),
		},
	}
}
