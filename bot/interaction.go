package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"derisk/tracker"
)

const (
	// answerTime is when a command that is not done yet is deferred. Discord waits
	// three seconds for the first answer ("Responding to an Interaction"); a user
	// sees nothing until then.
	answerTime = 250 * time.Millisecond
	// firstTime is by when the first answer must have gone out, and firstTry how
	// long one try of it may take.
	firstTime, firstTry = 2800 * time.Millisecond, 1100 * time.Millisecond
	// commandTime is how long a command may take. What follows a first answer must
	// come within 15 minutes.
	commandTime = time.Minute
	// editTime is how long the answer of a deferred command is tried to be shown.
	editTime = 30 * time.Second
	// offerTime is how long completion may take.
	offerTime = 300 * time.Millisecond
)

// How a first answer is given, by Discord's numbers.
const (
	answerNow   = int(discordgo.InteractionResponseChannelMessageWithSource)
	answerLater = int(discordgo.InteractionResponseDeferredChannelMessageWithSource)
	turnNow     = int(discordgo.InteractionResponseUpdateMessage)
	turnLater   = int(discordgo.InteractionResponseDeferredMessageUpdate)
	offerNow    = int(discordgo.InteractionApplicationCommandAutocompleteResult)
)

// answer is what an interaction is answered with.
type answer struct {
	shown   message
	follow  []message // pages that no button can turn to
	private bool      // for the asker's eyes only
	problem bool      // not what was asked for: never put in the place of a page
}

// interact answers one interaction.
func (d *Discord) interact(ctx context.Context, i *discordgo.Interaction, received time.Time) {
	h := hand{d: d, i: i, received: received}
	switch i.Type {
	case discordgo.InteractionApplicationCommand:
		r, _, _ := requestOf(i, i.ApplicationCommandData())
		c, _ := Find(r.Command) // unknown: Run says so
		h.private = c.Needs != Anyone
		h.respond(ctx, func(ctx context.Context) answer { return d.answer(ctx, i, r, 0) })
	case discordgo.InteractionApplicationCommandAutocomplete:
		h.offer(ctx)
	case discordgo.InteractionMessageComponent:
		h.press(ctx, i.MessageComponentData().CustomID)
	}
}

// requestOf is the request that a command of Discord's is, but for the rights,
// with the option that is being typed and what of it.
func requestOf(i *discordgo.Interaction, data discordgo.ApplicationCommandInteractionData) (r Request, option, typed string) {
	r = asker(i)
	r.Command = data.Name
	options := data.Options
	for len(options) == 1 && isGroup(options[0].Type) {
		r.Command += " " + options[0].Name
		options = options[0].Options
	}
	for _, o := range options {
		value := optionValue(o.Value)
		if o.Focused {
			option, typed = o.Name, value
		}
		if value != "" {
			r.Args[o.Name] = value
		}
	}
	return r, option, typed
}

func isGroup(t discordgo.ApplicationCommandOptionType) bool {
	return t == discordgo.ApplicationCommandOptionSubCommand || t == discordgo.ApplicationCommandOptionSubCommandGroup
}

func optionValue(v any) string {
	if n, is := v.(float64); is {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// asker is a request of whoever made an interaction, where it was made. In a
// direct message people decide about their own alerts.
func asker(i *discordgo.Interaction) Request {
	r := Request{Args: map[string]string{}, Lang: "en", Channel: i.ChannelID, Query: tracker.Query{Now: time.Now()}}
	if strings.HasPrefix(string(i.Locale), "zh") {
		r.Lang = "zh"
	}
	user := i.User
	if i.Member != nil && i.Member.User != nil {
		user = i.Member.User
	}
	if user == nil || !isSnowflake(user.ID) {
		return r // nobody: nothing is theirs
	}
	r.User = userPrefix + user.ID
	switch {
	case i.GuildID == "":
		r.Owner, r.MayAlert, r.MayReview = "user:"+user.ID, true, true
	case i.Member != nil && isSnowflake(i.GuildID):
		r.Owner = "guild:" + i.GuildID
		r.MayManage = has(i.Member.Permissions, discordgo.PermissionManageGuild)
		r.MayRecord, r.MayReview = r.MayManage, r.MayManage
		r.MayAlert = r.MayManage || has(i.Member.Permissions, discordgo.PermissionManageChannels)
		r.where = whereabouts{bot: i.AppPermissions, asker: i.Member.Permissions, roles: i.Member.Roles}
	}
	return r
}

func has(permissions, right int64) bool {
	return permissions&(right|discordgo.PermissionAdministrator) != 0
}

// byRole adds the rights that the asker's roles give in this server. Everybody
// in it has the role whose id is the server's own: @everyone.
func (d *Discord) byRole(ctx context.Context, i *discordgo.Interaction, r Request) Request {
	gives := func(right Right) bool {
		role, err := d.settings.Setting(ctx, RoleSetting(r.Owner, right))
		if err != nil {
			d.log.Warn("the role with a right cannot be read", "right", right, "err", err)
		}
		return role != "" && (role == i.GuildID || slices.Contains(i.Member.Roles, role))
	}
	if i.GuildID != "" && i.Member != nil && r.Owner != "" {
		r.where.byRole = gives(AlertWork)
		r.MayAlert = r.MayAlert || r.where.byRole
		r.MayRecord = r.MayRecord || gives(RecordIt)
		r.MayReview = r.MayReview || gives(ReviewIt)
	}
	return r
}

// answer runs a command and draws a page of its reply. A panic becomes an
// apology.
func (d *Discord) answer(ctx context.Context, i *discordgo.Interaction, r Request, page int) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			d.log.Error("a command panicked", "command", r.Command, "panic", p, "stack", string(debug.Stack()))
			a = sorry(r.Lang)
		}
	}()
	select {
	case d.workers <- struct{}{}:
		defer func() { <-d.workers }()
	case <-ctx.Done():
		return sorry(r.Lang)
	}
	reply, err := d.run(ctx, d.byRole(ctx, i, r))
	if err == nil {
		return drawAnswer(reply, r, page)
	}
	words, ok := Tell(err, r.Lang)
	if !ok {
		d.log.Error("a command failed", "command", r.Command, "err", err)
		return sorry(r.Lang)
	}
	return problem(plainText(words))
}

func problem(words string) answer { return answer{shown: notice(words), private: true, problem: true} }

func sorry(lang string) answer {
	return problem(tracker.Text{
		EN: "Sorry, something went wrong here. It is in the log; please try again in a moment.",
		ZH: "抱歉，出现了内部错误，已记录在日志中。请稍后重试。",
	}.In(lang))
}

// hand is one interaction in hand.
type hand struct {
	d        *Discord
	i        *discordgo.Interaction
	received time.Time
	private  bool // an answer that is deferred is for the asker's eyes
	turns    bool // the answer takes the place of the message with the button
}

// respond is the one way in which commands and buttons are answered: at once if
// the answer is there soon, else deferred first.
func (h *hand) respond(ctx context.Context, produce func(context.Context) answer) {
	if h.turns {
		produce = withoutFiles(produce)
	}
	working, done := outlive(ctx, commandTime)
	defer done()
	made := makeAside(working, produce)
	soon := time.NewTimer(answerTime - time.Since(h.received))
	defer soon.Stop()
	select {
	case a := <-made:
		h.answerNow(ctx, a)
	case <-soon.C:
		deferred := h.first(ctx, h.deferral())
		if a := <-made; deferred {
			h.answerLater(ctx, a)
		}
	}
}

// withoutFiles is for another page of a message: its files are there already.
func withoutFiles(produce func(context.Context) answer) func(context.Context) answer {
	return func(ctx context.Context) answer {
		a := produce(ctx)
		a.shown.detach()
		return a
	}
}

func makeAside[T any](ctx context.Context, produce func(context.Context) T) <-chan T {
	made := make(chan T, 1)
	go func() { made <- produce(ctx) }()
	return made
}

// callback is a first answer.
type callback struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

func (h *hand) deferral() callback {
	switch {
	case h.turns:
		return callback{Type: turnLater}
	case h.private:
		return callback{answerLater, map[string]int{"flags": flagEphemeral}}
	}
	return callback{Type: answerLater}
}

func (h *hand) answerNow(ctx context.Context, a answer) {
	kind := answerNow
	if h.turns && !a.problem {
		kind = turnNow
	}
	if a.private {
		a.shown.Flags |= flagEphemeral
	}
	if h.first(ctx, callback{kind, a.shown}) {
		h.followUp(ctx, a)
	}
}

// answerLater shows the answer of a deferred command. Whether that is private
// was settled by the deferral: one that must be and is not takes its place.
func (h *hand) answerLater(ctx context.Context, a answer) {
	original := h.webhook() + "/messages/@original"
	switch {
	case h.turns && a.problem:
		a.follow = []message{a.shown}
	case !h.turns && a.private && !h.private:
		h.later(ctx, http.MethodDelete, original, nil)
		a.follow = append([]message{a.shown}, a.follow...)
	default:
		h.later(ctx, http.MethodPatch, original, a.shown)
	}
	h.followUp(ctx, a)
}

func (h *hand) followUp(ctx context.Context, a answer) {
	for _, m := range a.follow {
		if a.private {
			m.Flags |= flagEphemeral
		}
		h.later(ctx, http.MethodPost, h.webhook(), m)
	}
}

func (h *hand) webhook() string { return "/webhooks/" + h.i.AppID + "/" + h.i.Token }

// first gives the first answer, tried anew while there is time. It says whether
// Discord has it.
func (h *hand) first(ctx context.Context, c callback) bool {
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), h.received.Add(firstTime))
	defer cancel()
	for try := 1; ; try++ {
		err := h.call(ctx, firstTry, http.MethodPost, "/interactions/"+h.i.ID+"/"+h.i.Token+"/callback", c)
		refused, ok := errors.AsType[*refusedError](err)
		if err == nil || ok && refused.Code == codeAcknowledged && try > 1 {
			return true
		}
		if isRefused(err) || sleep(ctx, 100*time.Millisecond) != nil {
			h.d.log.Error("an interaction was not answered in time", "err", err, "tries", try, "after", time.Since(h.received))
			return false
		}
	}
}

// later does what follows a first answer, tried anew for a while. A message that
// is posted may be tried twice where Discord's answer is lost; an edit does no harm.
func (h *hand) later(ctx context.Context, method, path string, m any) {
	ctx, done := outlive(ctx, editTime)
	defer done()
	for failures := 0; ; failures++ {
		err := h.call(ctx, longestTry, method, path, m)
		if err == nil {
			return
		}
		if isRefused(err) || sleep(ctx, backoff(failures)) != nil {
			h.d.log.Error("an answer was not shown", "err", err)
			return
		}
	}
}

func (h *hand) call(ctx context.Context, limit time.Duration, method, path string, body any) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return h.d.api.call(ctx, method, path, body, nil)
}

// turnAway answers an interaction for which there is no room now.
func (d *Discord) turnAway(ctx context.Context, i *discordgo.Interaction, received time.Time) {
	h := hand{d: d, i: i, received: received}
	if i.Type == discordgo.InteractionApplicationCommandAutocomplete {
		h.first(ctx, callback{offerNow, map[string]any{"choices": []appChoice{}}})
		return
	}
	h.answerNow(ctx, problem(tracker.Text{
		EN: "Too much is being asked at this moment. Please try again in a minute.",
		ZH: "当前请求过多，请一分钟后再试。",
	}.In(asker(i).Lang)))
}

// press answers a button.
func (h *hand) press(ctx context.Context, id string) {
	r := asker(h.i)
	p, err := readButton(id)
	if err != nil {
		h.answerNow(ctx, problem(tracker.Text{
			EN: "This button is of another version. Please use the command again.",
			ZH: "此按钮来自其他版本，请重新使用命令。",
		}.In(r.Lang)))
		return
	}
	h.turns = p.Turn
	h.private = strings.HasPrefix(p.Command, "alert ") // about what a channel is told: for the one who pressed
	r.Command, r.Args = p.Command, p.Args
	h.respond(ctx, func(ctx context.Context) answer { return h.d.answer(ctx, h.i, r, p.Page) })
}

// offer answers completion: with nothing where it takes too long or fails.
func (h *hand) offer(ctx context.Context) {
	working, done := outlive(ctx, offerTime)
	defer done()
	r, option, typed := requestOf(h.i, h.i.ApplicationCommandData())
	made := makeAside(working, func(ctx context.Context) []Choice { return h.d.choices(ctx, h.i, r, option, typed) })
	var found []Choice
	select {
	case found = <-made:
	case <-working.Done():
		h.d.log.Warn("completion took too long", "command", r.Command, "option", option)
		defer func() { <-made }()
	}
	h.first(ctx, callback{offerNow, map[string]any{"choices": drawChoices(found, r.Lang)}})
}

func (d *Discord) choices(ctx context.Context, i *discordgo.Interaction, r Request, option, typed string) (found []Choice) {
	defer func() {
		if p := recover(); p != nil {
			d.log.Error("completion panicked", "command", r.Command, "option", option, "panic", p)
		}
	}()
	select {
	case d.offerers <- struct{}{}:
		defer func() { <-d.offerers }()
	case <-ctx.Done():
		return nil
	}
	found, err := d.complete(ctx, d.byRole(ctx, i, r), option, typed)
	if err != nil {
		d.log.Warn("completion failed", "command", r.Command, "option", option, "err", err)
	}
	return found
}

// drawChoices are the choices that Discord can show. A value is never cut: it
// would be another.
func drawChoices(found []Choice, lang string) []appChoice {
	all := []appChoice{}
	for _, c := range found {
		if n := runes(c.Value); n == 0 || n > maxChoiceName || len(all) == maxChoices {
			continue
		}
		all = append(all, appChoice{Name: cut(cmp.Or(c.Name.In(lang), c.Value), maxChoiceName), Value: c.Value})
	}
	return all
}
