package bot

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"

	"derisk/tracker"
)

// registeredKey is the setting with the fingerprint of what is registered.
const registeredKey = "discord.commands"

const registerTime = 30 * time.Second // for one try

// appCommand is a command or an option as Discord registers it. discordgo's own
// send null for what is not there.
type appCommand struct {
	Type             int               `json:"type"`
	Name             string            `json:"name"`
	Names            map[string]string `json:"name_localizations,omitempty"`
	About            string            `json:"description"`
	Abouts           map[string]string `json:"description_localizations,omitempty"`
	Required         bool              `json:"required,omitempty"`
	Autocomplete     bool              `json:"autocomplete,omitempty"`
	Choices          []appChoice       `json:"choices,omitempty"`
	Options          []appCommand      `json:"options,omitempty"`
	Rights           string            `json:"default_member_permissions,omitempty"`
	Contexts         []int             `json:"contexts,omitempty"`
	IntegrationTypes []int             `json:"integration_types,omitempty"`
}

type appChoice struct {
	Name  string            `json:"name"`
	Names map[string]string `json:"name_localizations,omitempty"`
	Value string            `json:"value"`
}

// Where a command may be used, by Discord's numbers.
const (
	inServers = int(discordgo.InteractionContextGuild)
	inDirect  = int(discordgo.InteractionContextBotDM)
)

// register overwrites the bot's global commands, unless they are what was
// registered last. It tries until it succeeds, is refused, or ctx ends.
func (d *Discord) register(ctx context.Context, app string) {
	d.registering.Lock()
	defer d.registering.Unlock()
	if !isSnowflake(app) {
		d.log.Error("discord does not say which application the bot is; its commands are not registered")
		return
	}
	for failures := 0; ctx.Err() == nil; failures++ {
		err := d.registerOnce(ctx, app)
		if err == nil {
			return
		}
		d.log.Error("commands not registered", "err", err)
		if isRefused(err) {
			return
		}
		sleep(ctx, backoff(failures))
	}
}

func (d *Discord) registerOnce(ctx context.Context, app string) error {
	ctx, cancel := context.WithTimeout(ctx, registerTime)
	defer cancel()
	all := appCommands(Commands())
	raw, err := json.Marshal(all)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(append([]byte(app+" "), raw...))
	print := hex.EncodeToString(sum[:])
	if was, err := d.settings.Setting(ctx, registeredKey); err == nil && was == print {
		return nil
	}
	if err := d.api.call(ctx, http.MethodPut, "/applications/"+app+"/commands", all, nil); err != nil {
		return err
	}
	d.log.Info("commands registered", "count", len(all))
	return d.settings.SetSetting(ctx, registeredKey, print)
}

// appCommands are the rows of the table that Discord offers.
func appCommands(table []Command) []appCommand {
	all := []appCommand{}
	for _, c := range table {
		if c.On == ChatOnly {
			continue
		}
		a := c.appCommand(1)
		a.IntegrationTypes = []int{int(discordgo.ApplicationIntegrationGuildInstall)}
		a.Rights, a.Contexts = c.discordRights()
		all = append(all, a)
	}
	return all
}

// discordRights say who sees a command unless a server decides otherwise, and
// where. They stand for a command as a whole, and several rights in them would
// all be needed: so alert asks for Manage Channels, and [Run] lets those with
// Manage Server work with it as well, where a server shows it to them.
func (c Command) discordRights() (rights string, contexts []int) {
	needs := func(right Right) bool {
		return c.Needs == right || slices.ContainsFunc(c.Sub, func(s Command) bool { return s.Needs == right })
	}
	switch {
	case needs(AlertWork): // before RecordIt: the mildest right that something in it needs
		return strconv.Itoa(discordgo.PermissionManageChannels), []int{inServers, inDirect}
	case needs(RecordIt), needs(ManageIt):
		return strconv.Itoa(discordgo.PermissionManageGuild), []int{inServers}
	}
	return "", []int{inServers, inDirect}
}

// appCommand is a command, or with subcommand's number a part of a group.
func (c Command) appCommand(kind int) appCommand {
	a := appCommand{Type: kind, Name: c.Word()}
	a.localise(c.ZH, c.About)
	for _, s := range c.Sub {
		if s.On != ChatOnly {
			a.Options = append(a.Options, s.appCommand(int(discordgo.ApplicationCommandOptionSubCommand)))
		}
	}
	for _, o := range c.Options {
		a.Options = append(a.Options, o.appOption())
	}
	needed := slices.DeleteFunc(slices.Clone(a.Options), func(o appCommand) bool { return !o.Required })
	free := slices.DeleteFunc(a.Options, func(o appCommand) bool { return o.Required })
	a.Options = append(needed, free...) // the order that Discord asks for
	return a
}

var optionTypes = map[OptionType]discordgo.ApplicationCommandOptionType{
	Words: discordgo.ApplicationCommandOptionString, Day: discordgo.ApplicationCommandOptionString,
	Whole: discordgo.ApplicationCommandOptionInteger, Truth: discordgo.ApplicationCommandOptionBoolean,
	Channel: discordgo.ApplicationCommandOptionChannel, Role: discordgo.ApplicationCommandOptionRole,
}

func (o Option) appOption() appCommand {
	a := appCommand{Type: int(optionTypes[o.Type]), Name: o.Name, Required: o.Required}
	a.localise(o.ZH, o.About)
	for _, c := range o.Choices[:min(len(o.Choices), maxChoices)] {
		a.Choices = append(a.Choices, appChoice{Name: cut(cmp.Or(c.Name.EN, c.Value), maxChoiceName), Names: inChinese(c.Name.ZH, maxChoiceName), Value: c.Value})
	}
	a.Autocomplete = o.Known != NoneKnown && len(a.Choices) == 0 && optionTypes[o.Type] == discordgo.ApplicationCommandOptionString
	return a
}

const maxAbout = 100 // characters of a description

func (a *appCommand) localise(name string, about tracker.Text) {
	a.Names = inChinese(name, 32)
	a.About, a.Abouts = cut(about.In("en"), maxAbout), inChinese(about.ZH, maxAbout)
}

func inChinese(s string, most int) map[string]string {
	if s == "" {
		return nil
	}
	return map[string]string{string(discordgo.ChineseCN): cut(s, most)}
}
