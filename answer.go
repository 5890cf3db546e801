package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"derisk/bot"
	"derisk/tracker"
)

// answer runs one of bot's commands and prints its reply.
func (a *app) answer(ctx context.Context, command string, args map[string]string) error {
	return a.answerFor(ctx, localUser, command, args)
}

func (a *app) answerFor(ctx context.Context, owner, command string, args map[string]string) error {
	reply, err := a.reply(ctx, owner, command, args)
	if err != nil {
		return err
	}
	return a.show(reply)
}

// reply runs one of bot's commands for an owner.
func (a *app) reply(ctx context.Context, owner, command string, args map[string]string) (bot.Reply, error) {
	env, err := a.env(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	args["lang"] = a.askedLang
	maps.DeleteFunc(args, func(_, value string) bool { return value == "" })
	r := a.request()
	r.Owner, r.Command, r.Args = owner, command, args
	reply, err := bot.Run(ctx, env, r)
	if err != nil {
		return bot.Reply{}, a.told(err)
	}
	return reply, nil
}

// request is one by whoever sits before this terminal.
func (a *app) request() bot.Request {
	return bot.Request{
		Lang: a.Lang, Zone: zoneHere(), Query: a.query(),
		Owner: localUser, User: localUser, Channel: bot.TerminalChannel, MayAlert: true, MayRecord: true, MayReview: true, MayManage: true,
	}
}

// show prints a reply. Its error is errNo where the answer is no.
func (a *app) show(reply bot.Reply) (err error) {
	if a.JSON {
		err = bot.JSON(a.out, reply)
	} else {
		_, err = io.WriteString(a.out, a.draw().Text(reply))
	}
	if err != nil {
		return err
	}
	return answered(!reply.No)
}

// told is a command's error in the language asked for, wrong usage told apart.
func (a *app) told(err error) error {
	usage := errors.Is(err, bot.ErrUsage)
	if words, ok := bot.Tell(err, a.Lang); ok {
		err = errors.New(words)
	}
	if usage {
		return usageError{err}
	}
	return err
}

type askCommand struct {
	Question []string `arg:"" help:"Such as: is announcement 61 in force?"`
}

// Run answers in plain words, and says "not known" where it cannot.
func (c *askCommand) Run(ctx context.Context, a *app) error {
	return a.answer(ctx, "ask", map[string]string{"question": strings.Join(c.Question, " ")})
}

type measuresCommand struct {
	Filter []string `arg:"" optional:"" help:"tag:lithium-battery by:CN kind:tariff status:suspended text:稀土: of different names all must hold, of one name any."`
}

// Run lists the measures that have a status at the time asked about.
func (c *measuresCommand) Run(ctx context.Context, a *app) error {
	return a.answer(ctx, "measures", map[string]string{"filter": strings.Join(c.Filter, " ")})
}

type measureCommand struct {
	ID string `arg:"" help:"Id, such as cn-mofcom-2025-58."`
}

// Run shows one measure. Exit 1 where it has no status yet.
func (c *measureCommand) Run(ctx context.Context, a *app) error {
	return a.answer(ctx, "measure", map[string]string{"id": c.ID})
}

type checkCommand struct {
	Product []string          `arg:"" help:"HS code, tag or words, such as: artificial graphite."`
	From    string            `help:"Country of origin or dispatch, such as CN." placeholder:"COUNTRY"`
	To      string            `help:"Country of destination." placeholder:"COUNTRY"`
	Attr    map[string]string `help:"What is known of the product, with its unit: energy_density_wh_kg=280." mapsep:"," placeholder:"K=V"`
	Party   []string          `help:"Id of a party to the deal." placeholder:"ID"`
	EndUse  string            `help:"civil or military." enum:"civil,military,any," default:"" placeholder:"USE"`
}

// Run says which measures bear on a product.
func (c *checkCommand) Run(ctx context.Context, a *app) error {
	var attrs []string
	for _, name := range slices.Sorted(maps.Keys(c.Attr)) {
		attrs = append(attrs, name+"="+c.Attr[name])
	}
	return a.answer(ctx, "check", map[string]string{
		"product": strings.Join(c.Product, " "), "from": c.From, "to": c.To, "attr": strings.Join(attrs, " "),
		"party": strings.Join(c.Party, " "), "end-use": c.EndUse,
	})
}

type calendarCommand struct {
	From tracker.Date `help:"First day; today if left out." placeholder:"DAY"`
	To   tracker.Date `help:"Last day; 90 days on if left out." placeholder:"DAY"`
	ICS  bool         `name:"ics" help:"Write a calendar file (iCalendar, RFC 5545) to standard output."`
}

// Run lists what starts, ends, comes back and falls due. A calendar without an
// entry would be none, so that is an answer of no.
func (c *calendarCommand) Run(ctx context.Context, a *app) error {
	reply, err := a.reply(ctx, localUser, "calendar", map[string]string{"from": c.From.String(), "to": c.To.String()})
	switch {
	case err != nil:
		return err
	case !c.ICS:
		return a.show(reply)
	case len(reply.Files) == 0:
		fmt.Fprint(a.errOut, bot.Draw{}.Text(reply))
		return errNo
	}
	_, err = a.out.Write(reply.Files[0].Data)
	return err
}

type historyCommand struct {
	ID string `arg:"" optional:"" help:"Id of a measure; all if left out."`
}

// Run lists events in the order of time.
func (c *historyCommand) Run(ctx context.Context, a *app) error {
	return a.answer(ctx, "history", map[string]string{"id": c.ID})
}

type commitmentsCommand struct{}

// Run lists what was promised by a date.
func (commitmentsCommand) Run(ctx context.Context, a *app) error {
	return a.answer(ctx, "commitments", map[string]string{})
}

type indicatorsCommand struct{}

// Run lists figures with their sources.
func (indicatorsCommand) Run(ctx context.Context, a *app) error {
	return a.answer(ctx, "indicators", map[string]string{})
}

type entityCommand struct {
	ID string `arg:"" help:"Id of a party, such as nexperia."`
}

// Run shows a party, its owners and what reaches it.
func (c *entityCommand) Run(ctx context.Context, a *app) error {
	return a.answer(ctx, "entity", map[string]string{"id": c.ID})
}

type reviewCommands struct {
	Add    reviewAddCommand    `cmd:"" help:"Start a clock."`
	List   reviewListCommand   `cmd:"" help:"List the clocks: counted, left, due."`
	Stop   reviewStopCommand   `cmd:"" help:"Stop a clock: expert review, site visit."`
	Resume reviewResumeCommand `cmd:"" help:"Let a clock run again."`
	Decide reviewDecideCommand `cmd:"" help:"End a clock: the authority has decided."`
}

type reviewAddCommand struct {
	Measure  string       `arg:"" help:"Id of a measure with a review clock."`
	Accepted tracker.Date `required:"" help:"Day on which the application was accepted." placeholder:"DAY"`
	Name     string       `help:"What you call it."`
}

// Run starts a clock.
func (c *reviewAddCommand) Run(ctx context.Context, a *app) error {
	return a.answer(ctx, "review add", map[string]string{"measure": c.Measure, "accepted": c.Accepted.String(), "name": c.Name})
}

type reviewListCommand struct{}

// Run lists the clocks.
func (reviewListCommand) Run(ctx context.Context, a *app) error {
	return a.answer(ctx, "review list", map[string]string{})
}

type reviewStopCommand struct {
	ID  string       `arg:"" help:"Id of the review, such as r1."`
	Day tracker.Date `arg:"" help:"Day of the stop; it does not count."`
	For string       `help:"What for, such as expert-review."`
}

// Run stops a clock.
func (c *reviewStopCommand) Run(ctx context.Context, a *app) error {
	return a.answer(ctx, "review stop", map[string]string{"id": c.ID, "day": c.Day.String(), "for": c.For})
}

type reviewResumeCommand struct {
	ID  string       `arg:"" help:"Id of the review."`
	Day tracker.Date `arg:"" help:"Day of resuming; it counts."`
}

// Run lets a clock run again.
func (c *reviewResumeCommand) Run(ctx context.Context, a *app) error {
	return a.answer(ctx, "review resume", map[string]string{"id": c.ID, "day": c.Day.String()})
}

type reviewDecideCommand struct {
	ID  string       `arg:"" help:"Id of the review."`
	Day tracker.Date `arg:"" help:"Day of the decision."`
}

// Run ends a clock.
func (c *reviewDecideCommand) Run(ctx context.Context, a *app) error {
	return a.answer(ctx, "review decide", map[string]string{"id": c.ID, "day": c.Day.String()})
}

type subscriptionsCommand struct{}

// Run lists every subscription of the installation.
func (subscriptionsCommand) Run(ctx context.Context, a *app) error {
	return a.answerFor(ctx, bot.Everybody, "alert list", map[string]string{})
}

type deliveriesCommand struct {
	Failed bool `help:"Only those that were given up."`
	Limit  int  `help:"How many at most." default:"100"`
}

// Run lists deliveries, newest first, each with why it stands where it does.
func (c *deliveriesCommand) Run(ctx context.Context, a *app) error {
	args := map[string]string{"limit": strconv.Itoa(c.Limit)}
	if c.Failed {
		args["failed"] = "true"
	}
	return a.answerFor(ctx, bot.Everybody, "deliveries", args)
}
