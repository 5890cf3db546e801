package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"derisk/tracker"
)

// Places looks at where something is to be posted.
type Places interface {
	// Place tells of a channel of the asker's server, or of their direct messages.
	// The error matches [tracker.ErrNotFound] where they have no such channel that
	// the bot can see; after any other nothing is known.
	Place(ctx context.Context, r Request, channel string) (Place, error)
	// Mentionable says whether everybody may mention a role of the asker's server.
	// The errors are those of Place.
	Mentionable(ctx context.Context, r Request, role string) (bool, error)
}

// Place is a channel, as far as posting there goes.
type Place struct {
	Kind  int   // by Discord's numbers
	Bot   int64 // what the bot may do there
	Asker int64 // what the asker may do there
}

// whereabouts is what an interaction tells of the channel and the server it was
// made in.
type whereabouts struct {
	bot    int64    // what the bot may do in the channel
	asker  int64    // what the asker may do in the channel
	roles  []string // the asker's
	byRole bool     // the right to alerts comes by one of them, so for every channel that they see
}

// permission is something that Discord lets one do.
type permission struct {
	bit  int64
	name tracker.Text // as Discord's settings call it
}

var (
	viewChannel   = permission{discordgo.PermissionViewChannel, text("View Channel", "查看频道")}
	sendMessages  = permission{discordgo.PermissionSendMessages, text("Send Messages", "发送消息")}
	sendInThreads = permission{discordgo.PermissionSendMessagesInThreads, text("Send Messages in Threads", "在子区内发送消息")}
	embedLinks    = permission{discordgo.PermissionEmbedLinks, text("Embed Links", "嵌入链接")}
	readHistory   = permission{discordgo.PermissionReadMessageHistory, text("Read Message History", "阅读消息历史记录")}
	mentionAll    = permission{discordgo.PermissionMentionEveryone, text("Mention @everyone, @here, and All Roles", "提及@everyone、@here和所有身份组")}
)

func (p permission) in(can int64) bool { return can&p.bit != 0 }

// settleIn checks that what a subscription wants can be posted where it is to be,
// settles what follows from the channel, and says what the asker should know. On
// an error the subscription must not be stored.
func (env Env) settleIn(ctx context.Context, r Request, s *tracker.Subscription) ([]tracker.Text, error) {
	s.NoReviews = !r.MayReview
	if env.Places == nil {
		return nil, nil // no Discord: an operator knows what they do
	}
	p, err := env.Places.Place(ctx, r, s.Channel)
	if err != nil {
		return nil, unseen(err, text("channel", "频道"), s.Channel)
	}
	if !r.alertsIn(p, s.Channel) {
		return nil, notInChannel()
	}
	if !isPostable(p.Kind) {
		return nil, impossible("channel %s takes no posts: choose a text or announcement channel, or a thread", "频道 %s 不能发布消息：请选择文字频道、公告频道或子区", s.Channel)
	}
	if err := p.lacks(s.Channel); err != nil {
		return nil, err
	}
	if err := env.settlePing(ctx, r, p, s.Ping); err != nil {
		return nil, err
	}
	s.Publish = p.Kind == int(discordgo.ChannelTypeGuildNews)
	s.NoReviews = s.NoReviews || s.Publish
	return p.notes(r, s), nil
}

// unseen is why something cannot be relied on to be there.
func unseen(err error, noun tracker.Text, id string) error {
	if errors.Is(err, tracker.ErrNotFound) {
		return impossible("I see no %s %s in this server: choose one of this server, and where it is private let me in first (its settings → Permissions → add me → View Channel)",
			"我在本服务器看不到%s %s：请选择本服务器的；如为私密频道，请先让我加入（频道设置 → 权限 → 添加我 → 查看频道）", noun, shown(id))
	}
	return impossible("Discord does not say right now whether I may post there, so nothing was changed: try again in a minute", "Discord 目前无法确认我能否在该处发布，因此未作任何更改：请稍后重试")
}

// alertsIn says whether the right to alerts reaches a channel: it may come from
// the channel in which the command was typed.
func (r Request) alertsIn(p Place, channel string) bool {
	if channel == r.Channel || r.MayManage || has(p.Asker, discordgo.PermissionManageChannels) {
		return true
	}
	return r.where.byRole && viewChannel.in(p.Asker)
}

// mayChange refuses to change the subscription of a channel to whom only another
// channel gives the right to alerts.
func (env Env) mayChange(ctx context.Context, r Request, s tracker.Subscription) error {
	if env.Places == nil || s.Channel == r.Channel || r.MayManage || r.where.byRole {
		return nil
	}
	p, err := env.Places.Place(ctx, r, s.Channel)
	if err != nil {
		return unseen(err, text("channel", "频道"), s.Channel)
	}
	if !r.alertsIn(p, s.Channel) {
		return notInChannel()
	}
	return nil
}

func notInChannel() error {
	return refused("you need Manage Channels in that channel too, or the role that /alert roles sets", "您还需要该频道的“管理频道”权限，或持有 /alert roles 所设的身份组")
}

func isPostable(kind int) bool {
	return slices.Contains([]discordgo.ChannelType{
		discordgo.ChannelTypeGuildText, discordgo.ChannelTypeDM, discordgo.ChannelTypeGuildNews,
		discordgo.ChannelTypeGuildNewsThread, discordgo.ChannelTypeGuildPublicThread, discordgo.ChannelTypeGuildPrivateThread,
	}, discordgo.ChannelType(kind))
}

func isThread(kind int) bool {
	return kind >= int(discordgo.ChannelTypeGuildNewsThread) && kind <= int(discordgo.ChannelTypeGuildPrivateThread)
}

// lacks names what the bot must be allowed to in a channel and is not.
func (p Place) lacks(channel string) error {
	needed := []permission{viewChannel, sendMessages, embedLinks}
	if isThread(p.Kind) {
		needed[1] = sendInThreads
	}
	missing := slices.DeleteFunc(needed, func(n permission) bool { return n.in(p.Bot) })
	if len(missing) == 0 {
		return nil
	}
	names := permissionNames(missing)
	return impossible("I may not post in channel %s yet: I lack %s. To grant that: the channel's settings → Permissions → add me or my role → allow it; then use the command again",
		"我尚不能在频道 %s 发布：缺少%s权限。授予方法：频道设置 → 权限 → 添加我或我的身份组 → 允许；然后重新使用命令", channel, names)
}

func permissionNames(all []permission) tracker.Text {
	var en, zh []string
	for _, p := range all {
		en, zh = append(en, p.name.EN), append(zh, "“"+p.name.ZH+"”")
	}
	return text(strings.Join(en, ", "), strings.Join(zh, "、"))
}

// settlePing checks that a role can be mentioned in a place.
func (env Env) settlePing(ctx context.Context, r Request, p Place, role string) error {
	if role == "" {
		return nil
	}
	mentionable, err := env.Places.Mentionable(ctx, r, role)
	switch {
	case err != nil:
		return unseen(err, text("role", "身份组"), role)
	case "guild:"+role == r.Owner:
		return impossible("everybody is never mentioned: choose a role of those who must know", "从不提及所有人：请选择需要知晓者的身份组")
	case !mentionable && !mentionAll.in(p.Bot):
		return impossible("I may not mention that role: in the role's settings allow anyone to mention it, or grant me %s in the channel", "我不能提及该身份组：请在其设置中允许任何人提及，或在频道中授予我%s权限", permissionNames([]permission{mentionAll}))
	}
	return nil
}

// notes are what whoever subscribes a channel should know of it.
func (p Place) notes(r Request, s *tracker.Subscription) []tracker.Text {
	var notes []tracker.Text
	if s.Publish {
		notes = append(notes, text("An announcement channel: posts are published to the servers that follow it, reviews are left out.", "公告频道：消息会发布给关注该频道的服务器，不含审查。"))
	}
	if !readHistory.in(p.Bot) {
		notes = append(notes, say("I lack %s there: after a crash I cannot see whether a post went out already, and post it.", "我在该频道缺少%s权限：崩溃后无法得知消息是否已发出，将再次发布。", permissionNames([]permission{readHistory})))
	}
	if strings.HasPrefix(r.Owner, "guild:") && !s.NoReviews {
		notes = append(notes, text("Reviews of this server are told there too: whoever sees the channel reads of them.", "本服务器的审查也会在该频道通知：能查看该频道者均可读到。"))
	}
	return notes
}

// Place asks Discord about a channel. Of the channel in which the command was
// typed the interaction has said already what may be done there.
func (d *Discord) Place(ctx context.Context, r Request, channel string) (Place, error) {
	c, err := d.channelInfo(ctx, channel)
	switch {
	case err != nil:
		return Place{}, err
	case c.Guild == "" && channel == r.Channel && strings.HasPrefix(r.Owner, "user:"):
		return Place{Kind: int(c.Kind), Bot: allRights, Asker: allRights}, nil
	case c.Guild == "" || "guild:"+c.Guild != r.Owner:
		return Place{}, fmt.Errorf("channel %s is of another server (%w)", channel, tracker.ErrNotFound)
	case channel == r.Channel:
		return Place{int(c.Kind), r.where.bot, r.where.asker}, nil
	}
	return d.lookAt(ctx, r, c)
}

// lookAt works out what the bot and the asker may do in a channel of a server.
func (d *Discord) lookAt(ctx context.Context, r Request, c channelInfo) (Place, error) {
	p := Place{Kind: int(c.Kind)}
	overwrites := c.Overwrites
	if isThread(p.Kind) {
		parent, err := d.channelInfo(ctx, c.Parent)
		if err != nil {
			return p, err
		}
		overwrites = parent.Overwrites
	}
	var g guildInfo
	var self struct {
		ID string `json:"id"`
	}
	if err := errors.Join(d.look(ctx, "/guilds/"+c.Guild, &g), d.look(ctx, "/users/@me", &self)); err != nil {
		return p, err
	}
	bot := memberInfo{User: self.ID}
	if err := d.look(ctx, "/guilds/"+c.Guild+"/members/"+self.ID, &bot); err != nil {
		return p, err
	}
	now := time.Now()
	p.Bot = permissionsOf(g, overwrites, bot, now)
	p.Asker = permissionsOf(g, overwrites, memberInfo{User: strings.TrimPrefix(r.User, userPrefix), Roles: r.where.roles}, now)
	return p, nil
}

func (d *Discord) channelInfo(ctx context.Context, channel string) (c channelInfo, err error) {
	if !isSnowflake(channel) {
		return c, fmt.Errorf("%.40q is not a channel of Discord (%w)", channel, tracker.ErrNotFound)
	}
	return c, d.look(ctx, "/channels/"+channel, &c)
}

// Mentionable asks Discord about a role.
func (d *Discord) Mentionable(ctx context.Context, r Request, role string) (bool, error) {
	server, is := strings.CutPrefix(r.Owner, "guild:")
	if !is {
		return false, fmt.Errorf("there are no roles in direct messages (%w)", tracker.ErrNotFound)
	}
	var g guildInfo
	if err := d.look(ctx, "/guilds/"+server, &g); err != nil {
		return false, err
	}
	for _, known := range g.Roles {
		if known.ID == role {
			return known.Mentionable, nil
		}
	}
	return false, fmt.Errorf("no role %.40q (%w)", role, tracker.ErrNotFound)
}

const lookTime = 5 * time.Second // for one question about a channel or a server

// look asks for something that the bot may not see, or that may not be there.
func (d *Discord) look(ctx context.Context, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	err := d.api.call(ctx, http.MethodGet, path, nil, into)
	if refused, ok := errors.AsType[*refusedError](err); ok && (refused.cause() == tracker.CauseGone || refused.cause() == tracker.CauseAccess) {
		return fmt.Errorf("%w (%w)", err, tracker.ErrNotFound)
	}
	if err != nil {
		d.log.Warn("discord does not tell of a place", "path", path, "err", err)
	}
	return err
}
