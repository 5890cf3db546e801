package bot

import (
	"slices"
	"time"

	"github.com/bwmarrin/discordgo"
)

// channelInfo is what Discord tells of a channel.
type channelInfo struct {
	ID         string                `json:"id"`
	Kind       discordgo.ChannelType `json:"type"`
	Guild      string                `json:"guild_id"`
	Parent     string                `json:"parent_id"`
	Overwrites []overwrite           `json:"permission_overwrites"`
}

// overwrite is what a channel changes for a role or a member.
type overwrite struct {
	ID    string `json:"id"`
	Allow int64  `json:"allow,string"`
	Deny  int64  `json:"deny,string"`
}

// guildInfo is what Discord tells of a server.
type guildInfo struct {
	ID    string     `json:"id"`
	Owner string     `json:"owner_id"`
	Roles []roleInfo `json:"roles"`
}

type roleInfo struct {
	ID          string `json:"id"`
	Permissions int64  `json:"permissions,string"`
	Mentionable bool   `json:"mentionable"`
}

// memberInfo is a member of a server.
type memberInfo struct {
	User     string     `json:"-"`
	Roles    []string   `json:"roles"`
	Silenced *time.Time `json:"communication_disabled_until"`
}

const allRights = int64(^uint64(0) >> 1)

// permissionsOf are what a member may do in a channel, at an instant, as
// "Permission Hierarchy" and "Permission Overwrites" in Discord's documentation
// work it out. A thread's overwrites are its parent's.
func permissionsOf(g guildInfo, overwrites []overwrite, m memberInfo, at time.Time) int64 {
	if m.User != "" && m.User == g.Owner {
		return allRights
	}
	var can int64
	for _, r := range g.Roles {
		if r.ID == g.ID || slices.Contains(m.Roles, r.ID) {
			can |= r.Permissions
		}
	}
	if can&discordgo.PermissionAdministrator != 0 {
		return allRights
	}
	change := func(of func(id string) bool) {
		var allow, deny int64
		for _, o := range overwrites {
			if of(o.ID) {
				allow, deny = allow|o.Allow, deny|o.Deny
			}
		}
		can = can&^deny | allow
	}
	change(func(id string) bool { return id == g.ID })
	change(func(id string) bool { return id != g.ID && slices.Contains(m.Roles, id) })
	change(func(id string) bool { return id == m.User })
	switch {
	case can&discordgo.PermissionViewChannel == 0:
		return 0
	case m.Silenced != nil && m.Silenced.After(at):
		return can & (discordgo.PermissionViewChannel | discordgo.PermissionReadMessageHistory)
	}
	return can
}
