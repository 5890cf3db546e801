// Package bot answers questions and takes orders, on Discord, in a chat in the
// terminal, and for the command line.
//
// A [Command] is a plain function from a [Request] to a [Reply]. It touches no
// session, no clock and no terminal, so a test calls it and compares. One table,
// [Commands], says what commands there are, in English and Chinese; Discord's
// registration, the terminal chat, help and completion all read it. [Run] is the
// one way in: it finds the command, reads what all commands share, and refuses
// what the asker has no right to.
//
// A reply is one value: [Text] draws it for a terminal, [JSON] for a program, and
// Discord in its own way. Nothing in it was guessed: what is presumed, uncertain,
// only in the press or not known is said.
package bot

import (
	"context"
	"errors"
	"time"

	"derisk/tracker"
)

// Request is one question or order. Whoever makes it fills in who asks and what
// they may do; a command never finds that out itself.
type Request struct {
	Command string            // the name in full: "ask", "review add"
	Args    map[string]string // by the names of the command's options; what is not given is not there
	Lang    string            // "en" or "zh"; Args["lang"] goes before it
	Zone    *time.Location    // how the asker is told instants, unless the owner has set a zone; nil: UTC
	Query   tracker.Query     // Now must be set; On and Known may come in Args too
	Owner   string            // [Everybody], or whose reviews and subscriptions: "local", "guild:ID" or "user:ID"
	User    string            // who asks, as it is to be recorded: "local" or "discord:ID"
	Channel string            // where: a Discord channel's id, or "terminal"

	MayAlert  bool // may change subscriptions here
	MayRecord bool // may change the common record
	MayReview bool // may see and change the owner's reviews
	MayManage bool // manages the server: may give these rights and read the audit log

	where whereabouts // on Discord
}

// Everybody is the owner that a request by whoever has the database in hand can
// name, to see the subscriptions and deliveries of all.
const Everybody = "*"

// Arg is an argument, or "" where it was not given.
func (r Request) Arg(name string) string { return r.Args[name] }

// Today is the day on which the question is asked, in the asker's zone.
func (r Request) Today() tracker.Date { return tracker.DayOf(r.Query.Now.In(r.zone())) }

func (r Request) zone() *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}

// Env is what commands ask and change. Any part may be nil where a program has
// none of it; a command that needs it says so.
type Env struct {
	Facts         Facts
	Reviews       Reviews
	Subscriptions Subscriptions
	Deliveries    Deliveries
	Fired         Fired
	Posts         Posts
	Hushes        Hushes
	Recorder      Recorder
	Rules         Rules
	Settings      Settings
	Audit         Audit
	Places        Places // nil where subscriptions are not checked against Discord

	// Changed is called after each command that may have changed something, so
	// that what is to be posted is posted at once; may be nil.
	Changed func()
}

// Facts gives what is known now.
type Facts interface {
	Snapshot(ctx context.Context) (*tracker.Snapshot, error)
}

// Settings are small things that are remembered; "" where there is none, and
// setting "" forgets.
type Settings interface {
	Setting(ctx context.Context, key string) (string, error)
	SetSetting(ctx context.Context, key, value string) error
}

// Run finds the request's command in the table and runs it. Its errors are told
// to the asker with [Tell]; those that match [ErrUsage] are wrong usage.
func Run(ctx context.Context, env Env, r Request) (Reply, error) {
	c, err := Find(r.Command)
	if err != nil {
		return Reply{}, err
	}
	r.Command = c.Name
	if r, err = r.inZone(ctx, env); err != nil {
		return Reply{}, err
	}
	if r, err = c.read(r); err != nil {
		return Reply{}, err
	}
	if err := c.allowed(r); err != nil {
		return Reply{}, err
	}
	reply, err := c.Run(ctx, env, r)
	if env.Changed != nil && !asksOnly(c.Name) {
		env.Changed()
	}
	return reply, err
}

// ErrUsage is matched by every error of a request that was put wrongly.
var ErrUsage = errors.New("wrong usage")

// ErrImpossible is matched by every error of a request that is put well and cannot
// be carried out as things stand.
var ErrImpossible = errors.New("not possible")

// ErrRight is matched by every error of a request that the asker may not make.
var ErrRight = errors.New("not allowed")

// Problem is an error in words for the asker, in both languages.
type Problem struct {
	Words tracker.Text
	Is    error // what it matches: ErrUsage, ErrImpossible, ErrRight, tracker.ErrNotFound
}

func (p *Problem) Error() string { return p.Words.In("en") }

// Unwrap makes the problem match what it is.
func (p *Problem) Unwrap() error { return p.Is }

// Tell is what an asker is told of an error. Not ok are errors that are no
// business of theirs, such as those of the database: log them.
func Tell(err error, lang string) (words string, ok bool) {
	if p, is := errors.AsType[*Problem](err); is {
		return p.Words.In(lang), true
	}
	return err.Error(), errors.Is(err, tracker.ErrNotFound)
}
