package discordtest

import (
	"fmt"
	"net/http"
)

// Home is the server in which AddChannel makes channels.
const Home = "2001"

// Place is a channel as Discord describes it.
type Place struct {
	ID, Guild, Parent string // Guild is empty in direct messages; Parent is a thread's channel
	Kind              int    // by Discord's numbers: 0 text, 1 direct, 5 announcements, 11 a thread
	Overwrites        []Overwrite
}

// Overwrite is what a channel changes for a role (Type 0) or a member (Type 1).
type Overwrite struct {
	ID          string
	Type        int
	Allow, Deny int64
}

// Guild is a server. The role with the server's own id is everybody's.
type Guild struct {
	Owner   string
	Roles   []Role
	Members map[string][]string // roles by member; the bot is one by its [Application]
}

// Role is a role of a server.
type Role struct {
	ID          string
	Permissions int64
	Mentionable bool
}

// AddPlace makes a channel.
func (s *Server) AddPlace(p Place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[p.ID] = &channel{nonces: map[string]nonce{}, place: p}
}

// AddGuild makes a server. [Home] is there already, and lets everybody do everything.
func (s *Server) AddGuild(id string, g Guild) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.guilds[id] = g
}

// describe answers GET /channels/ID.
func (s *Server) describe(id string) reply {
	return s.inChannel(id, func(c *channel) reply {
		p := c.place
		overwrites := []any{}
		for _, o := range p.Overwrites {
			overwrites = append(overwrites, map[string]any{"id": o.ID, "type": o.Type, "allow": fmt.Sprint(o.Allow), "deny": fmt.Sprint(o.Deny)})
		}
		answer := map[string]any{"id": id, "type": p.Kind, "name": "channel"}
		switch {
		case p.Guild == "":
		case p.Kind >= 10 && p.Kind <= 12:
			answer["guild_id"], answer["parent_id"] = p.Guild, p.Parent
		default:
			answer["guild_id"], answer["permission_overwrites"] = p.Guild, overwrites
		}
		return reply{status: http.StatusOK, value: answer}
	})
}

// serveGuild answers GET /guilds/ID and what is under it.
func (s *Server) serveGuild(parts []string) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, in := s.guilds[parts[1]]
	switch {
	case !in:
		return refuse(http.StatusNotFound, 10004, "Unknown Guild")
	case len(parts) == 2:
		return reply{status: http.StatusOK, value: map[string]any{"id": parts[1], "owner_id": g.Owner, "roles": g.roles()}}
	case len(parts) == 3 && parts[2] == "roles":
		return reply{status: http.StatusOK, value: g.roles()}
	case len(parts) == 4 && parts[2] == "members":
		roles, member := g.Members[parts[3]]
		if !member && parts[3] != Application {
			return refuse(http.StatusNotFound, 10007, "Unknown Member")
		}
		return reply{status: http.StatusOK, value: map[string]any{"user": map[string]any{"id": parts[3]}, "roles": append([]string{}, roles...)}}
	}
	return refuse(http.StatusNotFound, 0, "404: Not Found")
}

func (g Guild) roles() []any {
	roles := []any{}
	for _, r := range g.Roles {
		roles = append(roles, map[string]any{"id": r.ID, "name": "role", "permissions": fmt.Sprint(r.Permissions), "mentionable": r.Mentionable})
	}
	return roles
}
