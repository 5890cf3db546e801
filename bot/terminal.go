package bot

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/peterh/liner"
	"golang.org/x/term"

	"derisk/tracker"
)

// TerminalConfig is what the chat in the terminal needs.
type TerminalConfig struct {
	Env  Env
	In   io.Reader
	Out  io.Writer
	Log  *slog.Logger // of what is no business of the one who asks; may be nil
	Lang string       // "en" where empty
	Zone *time.Location
	Draw Draw // how replies are drawn
}

// Terminal is the chat in the terminal: questions and commands as on Discord,
// with or without a slash. It is also the [Sender] of posts for [TerminalChannel].
type Terminal struct {
	c     TerminalConfig
	mu    sync.Mutex      // guards out and shown, held while something is written
	shown map[string]bool // posts, by id

	offers Completion
}

// NewTerminal makes a chat. It says nothing until Chat runs.
func NewTerminal(c TerminalConfig) *Terminal {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Terminal{c: c, shown: map[string]bool{}}
}

// IsTerminal says whether a person sits at both ends, so that it is worth to
// prompt, and to colour where NO_COLOR is not set.
func IsTerminal(in io.Reader, out io.Writer) bool {
	i, reads := in.(*os.File)
	o, writes := out.(*os.File)
	return reads && writes && term.IsTerminal(int(i.Fd())) && term.IsTerminal(int(o.Fd()))
}

// Chat answers line by line until the input ends, a person ends it with Ctrl-C or
// "quit", or ctx ends. A line that cannot be answered says why, and the chat goes on.
func (t *Terminal) Chat(ctx context.Context) error {
	read, end := t.reader(ctx)
	defer end()
	for {
		line, err := read(ctx)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, liner.ErrPromptAborted), ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("read a line: %w", err)
		case slices.Contains(endings, strings.ToLower(strings.TrimPrefix(strings.TrimSpace(line), "/"))):
			return nil
		case strings.TrimSpace(line) != "":
			t.answer(ctx, line)
		}
	}
}

var endings = []string{"quit", "exit", "退出"}

// answer runs one line and writes what came of it.
func (t *Terminal) answer(ctx context.Context, line string) {
	base := t.base()
	r, err := readLine(line, base)
	var reply Reply
	if err == nil {
		reply, err = Run(ctx, t.c.Env, r)
	}
	if err == nil {
		t.write(t.c.Draw.Text(reply))
		return
	}
	lang := base.Lang
	if l := r.Args["lang"]; l == "en" || l == "zh" {
		lang = l
	}
	words, ok := Tell(err, lang)
	if !ok {
		t.c.Log.Error("a line was not answered", "command", r.Command, "error", err)
	}
	t.write(t.c.Draw.paint("31", clean(words)) + "\n")
}

// base is what is the same for every line but the time.
func (t *Terminal) base() Request {
	lang := t.c.Lang
	if lang == "" {
		lang = "en"
	}
	return Request{Lang: lang, Zone: t.c.Zone, Query: tracker.Query{Now: time.Now()}, Owner: "local", User: "local", Channel: TerminalChannel, MayAlert: true, MayRecord: true, MayReview: true, MayManage: true}
}

func (t *Terminal) write(words string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = io.WriteString(t.c.Out, words+"\n") // a terminal that is gone ends the input too
}

// Send shows a post, each once.
func (t *Terminal) Send(_ context.Context, p tracker.Post) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shown[p.ID] {
		return p.ID, nil
	}
	if _, err := io.WriteString(t.c.Out, t.c.Draw.Post(p)); err != nil {
		return "", &SendError{Err: fmt.Errorf("write to the terminal: %w", err)}
	}
	t.shown[p.ID] = true
	return p.ID, nil
}

// Edit shows what became of the firings of a post since: what stands on a
// terminal already cannot be changed.
func (t *Terminal) Edit(_ context.Context, p tracker.Post) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var ends []tracker.Firing
	news := ""
	for _, telling := range p.Tellings() {
		if telling.End != nil && t.isNew(telling.End.ID) {
			ends = append(ends, *telling.End)
		}
		for _, n := range telling.Notes {
			if t.isNew(fmt.Sprint(n.Firing, n.What, n.At.UnixNano())) {
				news += t.c.Draw.note(telling, n, p)
			}
		}
	}
	if p.Firings = ends; len(ends) > 0 {
		news += t.c.Draw.Post(p)
	}
	_, err := io.WriteString(t.c.Out, news)
	return err
}

// isNew says of something, by its id, that it was not shown yet, and counts it as shown.
func (t *Terminal) isNew(id string) bool {
	was := t.shown[id]
	t.shown[id] = true
	return !was
}

// note draws what became of a firing that a post tells.
func (d Draw) note(t tracker.Telling, n tracker.Note, p tracker.Post) string {
	var b strings.Builder
	b.WriteString("* " + clean(t.Rule+" · "+t.Subject) + "\n")
	when := func(at time.Time) string { return tellInstant(at.In(zoneOf(p.Zone))).In(p.Lang) }
	d.paragraph(&b, "  ", clean(plainNote(n, when).In(p.Lang)))
	return b.String() + "\n"
}

// Publish has nobody to hand a post on to.
func (t *Terminal) Publish(context.Context, tracker.Post) error { return nil }

// Post draws a post: a line for each firing, none left out.
func (d Draw) Post(p tracker.Post) string {
	zone := zoneOf(p.Zone)
	var b strings.Builder
	if p.Digest && len(p.Firings) == 0 {
		b.WriteString("* " + tracker.Text{EN: "nothing new", ZH: "无新变化"}.In(p.Lang) + "\n")
	}
	if lead := p.Lead.In(p.Lang); lead != "" {
		d.paragraph(&b, "  ", clean(lead))
	}
	for _, f := range p.Tellings() {
		tone := map[tracker.Severity]Tone{tracker.Warning: Warning, tracker.Critical: Alarm}[f.Severity]
		lead := f.At.In(zone).Format("2006-01-02 15:04") + " "
		b.WriteString(d.paint(tonePaint[tone], "* "+string(f.Severity)+" "+clean(f.Rule)) + "\n")
		d.paragraph(&b, "  ", lead+clean(f.Message.In(p.Lang)))
		if f.End != nil {
			d.paragraph(&b, "  ", f.End.At.In(zone).Format("2006-01-02 15:04")+" "+overWord.In(p.Lang))
		}
	}
	if p.ID != "" {
		b.WriteString(marker(p.ID) + "\n")
	}
	b.WriteString("\n")
	return b.String()
}

// reader gives the lines: with history and completion where a person types them.
func (t *Terminal) reader(ctx context.Context) (read func(context.Context) (string, error), end func()) {
	if t.c.In != os.Stdin || !IsTerminal(t.c.In, t.c.Out) {
		return lines(t.c.In), func() {}
	}
	l := liner.NewLiner()
	l.SetCtrlCAborts(true)
	l.SetTabCompletionStyle(liner.TabPrints)
	l.SetWordCompleter(func(line string, pos int) (string, []string, string) { return t.complete(ctx, line, pos) })
	prompt := func() (string, error) {
		line, err := l.Prompt("derisk> ")
		if err == nil && strings.TrimSpace(line) != "" {
			l.AppendHistory(line)
		}
		return line, err
	}
	return waiting(prompt), func() { _ = l.Close() } // gives the terminal back as it was
}

const longestLine = 64 << 10 // bytes

// lines reads lines without a prompt.
func lines(in io.Reader) func(context.Context) (string, error) {
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, longestLine)
	return waiting(func() (string, error) {
		if scanner.Scan() {
			return scanner.Text(), nil
		}
		if err := scanner.Err(); err != nil {
			return "", err
		}
		return "", io.EOF
	})
}

type readLineResult struct {
	line string
	err  error
}

// waiting makes a read that blocks end with its context. The read itself cannot
// be broken off: the last one ends with the input, or with the program.
func waiting(read func() (string, error)) func(context.Context) (string, error) {
	results := make(chan readLineResult, 1)
	return func(ctx context.Context) (string, error) {
		go func() {
			line, err := read()
			results <- readLineResult{line, err}
		}()
		select {
		case r := <-results:
			return r.line, r.err
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// complete offers commands, then the names of options, then what is known of them.
func (t *Terminal) complete(ctx context.Context, line string, pos int) (head string, offers []string, tail string) {
	runes := []rune(line)
	pos = min(pos, len(runes))
	head, tail = string(runes[:pos]), string(runes[pos:])
	start := strings.LastIndexAny(head, " ") + 1
	typed := head[start:]
	head = head[:start]
	words := splitWords(strings.TrimPrefix(head, "/"))
	c, used, ok := commandOf(words)
	if !ok {
		return head, commandWords(words, typed), tail
	}
	r := t.base()
	r.Command, r.Args = c.Name, map[string]string{}
	if name, value, named := strings.Cut(typed, ":"); named && c.has(name) {
		return head + name + ":", t.offer(ctx, r, name, value), tail
	}
	_ = c.fill(r.Args, words[used:]) // what does not fit yet completes nothing
	for _, o := range c.Options {
		if c.positional(o) && (r.Args[o.Name] == "" || o.Rest) && o.Known != NoneKnown {
			offers = append(offers, t.offer(ctx, r, o.Name, typed)...)
			break
		}
	}
	for _, o := range c.Options {
		if strings.HasPrefix(o.Name, typed) && r.Args[o.Name] == "" && !o.Rest {
			offers = append(offers, o.Name+":")
		}
	}
	return head, offers, tail
}

func (t *Terminal) offer(ctx context.Context, r Request, option, typed string) []string {
	choices, err := t.offers.Complete(ctx, t.c.Env, r, option, typed)
	if err != nil {
		return nil
	}
	var values []string
	for _, c := range choices {
		values = append(values, c.Value)
	}
	return values
}

// commandWords are the words that could stand next in a command's name.
func commandWords(before []word, typed string) []string {
	slash, typed := strings.HasPrefix(typed, "/"), strings.TrimPrefix(typed, "/")
	list := Commands()
	if len(before) > 0 {
		i := slices.IndexFunc(list, func(c Command) bool { return c.Name == before[0].value })
		if i < 0 || len(before) > 1 {
			return nil
		}
		list = list[i].Sub
	}
	var words []string
	for _, c := range list {
		if strings.HasPrefix(c.Word(), typed) && c.On != DiscordOnly {
			name := c.Word() + " "
			if slash {
				name = "/" + name
			}
			words = append(words, name)
		}
	}
	return words
}
