// Command derisk keeps the state of trade measures, runs rules over it, and
// tells people once what changed. main.go has the command line; run.go joins the
// parts that run together; answer.go asks one question; rule.go works on rule
// files; record.go brings facts in and out.
//
// What a person asked for goes to standard output. Errors go to standard error
// as one line that says what to do, without a capital or a full stop. The exit
// code is 0 when it is done, 1 when the answer is no or a check failed, and 2
// for wrong usage.
package main

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // zones, where the system has none

	"github.com/alecthomas/kong"

	"derisk/tracker"
)

//go:embed rules.d measures.d
var builtIn embed.FS

// version is set by the linker: -ldflags "-X main.version=v1.2.3".
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// commands is the whole command line.
type commands struct {
	DB       string       `help:"Database file; made and filled with the starter facts where there is none." env:"DERISK_DB" default:"derisk.db" placeholder:"PATH"`
	Rules    string       `name:"rules" help:"Folder of rules; rules.d here, else the built-in ones." env:"DERISK_RULES" placeholder:"DIR"`
	Measures string       `help:"Folder of measures that add to the built-in ones; measures.d here, if there is one." env:"DERISK_MEASURES" placeholder:"DIR"`
	JSON     bool         `name:"json" help:"One JSON object; of lists one a line."`
	On       tracker.Date `help:"Ask about this day or instant: 2026-11-10, or RFC 3339. Now if left out." placeholder:"WHEN"`
	Known    tracker.Date `help:"Know only what was published by then." placeholder:"WHEN"`
	Lang     string       `help:"Language of answers: en or zh; en, or that of a question, if left out." enum:"en,zh," default:"" env:"DERISK_LANG"`

	Run         runCommand         `cmd:"" default:"1" help:"Run it all: rules, deliveries, and the chat: Discord with DISCORD_TOKEN, else this terminal."`
	Ask         askCommand         `cmd:"" help:"Ask in plain words, English or Chinese."`
	ListAll     measuresCommand    `cmd:"" name:"measures" help:"List measures, by filters such as tag:rare-earth by:CN status:suspended."`
	Measure     measureCommand     `cmd:"" help:"Show one measure: status, dates, what is next, sources."`
	Check       checkCommand       `cmd:"" help:"Which measures bear on a product: yes, no, or what it depends on."`
	Timeline    timelineCommand    `cmd:"" help:"Draw what measures were and will be when: one, or those that a filter wants."`
	Calendar    calendarCommand    `cmd:"" help:"What starts, ends, comes back and falls due."`
	History     historyCommand     `cmd:"" help:"Events in the order of time, of one measure or all."`
	Commitments commitmentsCommand `cmd:"" help:"What was promised by a date, and what came of it."`
	Indicators  indicatorsCommand  `cmd:"" help:"Figures, with sources that disagree side by side."`
	Entity      entityCommand      `cmd:"" help:"A party: owners, listings, and whether the 50 % rule reaches it."`
	Review      reviewCommands     `cmd:"" help:"Review clocks of applications."`

	Record recordCommand `cmd:"" help:"Record one event, from a YAML file or standard input (-)."`
	Import importCommand `cmd:"" help:"Record what a folder of measures holds; importing twice changes nothing."`
	Export exportCommand `cmd:"" help:"Write all facts to a folder, in the form that import reads."`
	Feed   feedCommands  `cmd:"" help:"Articles: evidence, never state."`

	RuleFiles ruleCommands `cmd:"" name:"rules" help:"Check, test, explain, backtest and forecast rules."`

	Subscriptions subscriptionsCommand `cmd:"" help:"Which channel wants which firings."`
	Deliveries    deliveriesCommand    `cmd:"" help:"What was posted, is held, or was not posted and why."`

	Audit      auditCommand      `cmd:"" help:"Who changed what, and when."`
	Backup     backupCommand     `cmd:"" help:"Copy the database, also while derisk runs."`
	Doctor     doctorCommand     `cmd:"" help:"Look for what is wrong: database, files, rules, deliveries."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
	Completion completionCommand `cmd:"" help:"Print completions for bash, zsh or fish."`
}

// errNo ends a command whose answer is no, or whose check failed, and was already told.
var errNo = errors.New("no")

// usageError is a wrong use of the command line.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// execute runs one command line and gives its exit code.
func execute(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	var c commands
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("derisk"),
		kong.Description("The state of trade measures, rules over it, and people told once."),
		kong.Writers(out, errOut),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Exit(func(code int) { exit = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.UsageOnError(),
	)
	if err != nil {
		return complain(errOut, err)
	}
	parsed, err := parser.Parse(args)
	switch {
	case exit >= 0: // help was asked for and printed
		return exit
	case err != nil:
		return complain(errOut, usageError{err})
	}
	asked := c.Lang
	c.Lang = cmp.Or(asked, "en")
	a := &app{commands: &c, askedLang: asked, grammar: parser.Model, in: in, out: out, errOut: errOut}
	err = parsed.Run(a)
	if closed := a.close(); err == nil {
		err = closed
	}
	return complain(errOut, err)
}

// complain prints an error as one line, or as many as it has faults, and gives the exit code.
func complain(errOut io.Writer, err error) int {
	if usage, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintf(errOut, "derisk: %v (see derisk --help)\n", usage.error)
		return 2
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errNo):
		return 1
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(errOut, "derisk: stopped; nothing is lost")
		return 1
	}
	if faults, ok := errors.AsType[tracker.Faults](err); ok {
		fmt.Fprintln(errOut, faults)
		return 1
	}
	fmt.Fprintf(errOut, "derisk: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
	return 1
}

// folder opens dir, or the folder of that name here, or the built-in one.
func folder(dir, name string) (fsys fs.FS, from string, err error) {
	if dir == "" && !isFolder(name) {
		return builtInFolder(name), "built-in " + name, nil
	}
	dir = cmp.Or(dir, name)
	fsys, err = openFolder(dir)
	return fsys, dir, err
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// openFolder opens a folder so that no link in it leads out of it.
func openFolder(dir string) (fs.FS, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder %s: %w", dir, err)
	}
	return root.FS(), nil
}

func builtInFolder(name string) fs.FS {
	fsys, err := fs.Sub(builtIn, name)
	if err != nil {
		panic(err) // the name is written in the program
	}
	return fsys
}
