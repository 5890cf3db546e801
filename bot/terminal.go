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

	"golang.org/x/term"

	"derisk/tracker"
)

// TerminalConfig is what the chat in the terminal needs.
type TerminalConfig struct {
	Env   Env
	In    io.Reader
	Out   io.Writer
	Err   io.Writer    // where a script is told of lines that were not answered; nil: Out
	Log   *slog.Logger // of what is no business of the one who asks; may be nil
	Lang  string       // "en" where empty
	Zone  *time.Location
	Draw  func() Draw // how replies are drawn now, as a terminal's width changes; nil: plain
	JSON  bool        // replies and posts are objects, one a line
	Dumb  bool        // the terminal knows no escape sequences: no editing, no completion
	Typed string      // file that keeps what a person typed; empty: none
}

// ErrScript is the error of a chat whose input is a script, where lines of it were not answered.
var ErrScript = errors.New("lines were not answered")

// Terminal is the chat in the terminal: questions and commands as on Discord,
// with or without a slash. It is also the [Sender] of posts for [TerminalChannel].
type Terminal struct {
	c     TerminalConfig
	mu    sync.Mutex      // guards the next two, held while something is written
	out   io.Writer       // the editor while a person types
	shown map[string]bool // posts, by id

	offers Completion
}

// NewTerminal makes a chat. It says nothing until Chat runs.
func NewTerminal(c TerminalConfig) *Terminal {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Draw == nil {
		c.Draw = func() Draw { return Draw{} }
	}
	if c.Err == nil {
		c.Err = c.Out
	}
	return &Terminal{c: c, out: c.Out, shown: map[string]bool{}}
}

// IsTerminal says whether a person sits at both ends, so that it is worth to
// prompt, and to colour where NO_COLOR is not set.
func IsTerminal(in io.Reader, out io.Writer) bool {
	i, reads := in.(*os.File)
	o, writes := out.(*os.File)
	return reads && writes && term.IsTerminal(int(i.Fd())) && term.IsTerminal(int(o.Fd()))
}

// Chat answers line by line until the input ends, a person ends it with Ctrl-C or
// "quit", or ctx ends. A line that cannot be answered says why, and the chat goes
// on; where nobody types, that makes it end with [ErrScript]. What begins with #
// is a comment.
func (t *Terminal) Chat(ctx context.Context) error {
	switch person := IsTerminal(t.c.In, t.c.Out); {
	case person && !t.c.Dumb && t.c.In == os.Stdin:
		return t.typed(ctx)
	case person:
		return t.script(ctx, promptWords)
	}
	return t.script(ctx, "")
}

// typed answers what a person types.
func (t *Terminal) typed(ctx context.Context) error {
	kept := typedLines{t.c.Typed}
	e, err := newEditor(t.c.In, t.c.Out, kept.read(), t.base().Lang, func(line string, pos int) (string, []Choice, string) { return t.complete(ctx, line, pos) })
	if err != nil {
		return fmt.Errorf("open the terminal: %w", err)
	}
	t.through(e)
	defer t.through(t.c.Out)
	return edited(ctx, e, func() error {
		for {
			line, err := e.line()
			switch {
			case errors.Is(err, io.EOF), errors.Is(err, errInterrupted), ctx.Err() != nil, isEnding(line):
				return nil
			case err != nil:
				return fmt.Errorf("read a line: %w", err)
			}
			t.keep(e, kept, line)
			t.answerPerson(ctx, line)
		}
	})
}

// keep has a line at hand, now and in later runs.
func (t *Terminal) keep(e *editor, kept typedLines, line string) {
	if !worthKeeping(line) {
		return
	}
	if err := e.remember(line); err != nil {
		t.c.Log.Debug("a line is not at hand", "err", err)
	}
	if err := kept.add(line); err != nil {
		t.c.Log.Debug("a line is not kept", "err", err)
	}
}

// script answers the lines of an input, behind a prompt where there is one.
func (t *Terminal) script(ctx context.Context, prompt string) error {
	read := lines(t.c.In)
	failed := false
	for number := 1; ; number++ {
		t.show(prompt)
		line, err := read(ctx)
		switch {
		case (errors.Is(err, io.EOF) || isEnding(line)) && failed:
			return ErrScript
		case errors.Is(err, io.EOF), ctx.Err() != nil, isEnding(line):
			return nil
		case err != nil:
			return fmt.Errorf("read line %d: %w", number, err)
		case prompt != "":
			t.answerPerson(ctx, line)
			continue
		case isSilent(line):
			continue
		}
		if err := t.answer(ctx, line); err != nil {
			failed = true
			fmt.Fprintf(t.c.Err, text("line %d: %s\n", "第%d行：%s\n").In(t.base().Lang), number, err)
		}
	}
}

func isEnding(line string) bool {
	return slices.Contains([]string{"quit", "exit", "退出"}, strings.ToLower(strings.TrimPrefix(strings.TrimSpace(line), "/")))
}

// isSilent says that a line is empty or a comment.
func isSilent(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || line[0] == '#'
}

func (t *Terminal) answerPerson(ctx context.Context, line string) {
	if isSilent(line) {
		return
	}
	if err := t.answer(ctx, line); err != nil {
		t.show(t.c.Draw().paint("31", err.Error()) + "\n\n")
	}
}

// answer runs one line and shows what came of it. Its error is in words for who
// asked, in their language.
func (t *Terminal) answer(ctx context.Context, line string) error {
	base := t.base()
	r, err := readLine(line, base)
	var reply Reply
	if err == nil {
		reply, err = Run(ctx, t.c.Env, r)
	}
	if err == nil {
		return t.reply(reply)
	}
	lang := base.Lang
	if l := r.Args["lang"]; l == "en" || l == "zh" {
		lang = l
	}
	words, ok := Tell(err, lang)
	if !ok {
		t.c.Log.Error("a line was not answered", "command", r.Command, "error", err)
	}
	return errors.New(clean(words))
}

func (t *Terminal) reply(reply Reply) error {
	if !t.c.JSON {
		t.show(t.c.Draw().Text(reply) + "\n")
		return nil
	}
	var b strings.Builder
	if err := JSON(&b, reply); err != nil {
		return err
	}
	t.show(b.String())
	return nil
}

// base is what is the same for every line but the time.
func (t *Terminal) base() Request {
	lang := t.c.Lang
	if lang == "" {
		lang = "en"
	}
	return Request{Lang: lang, Zone: t.c.Zone, Query: tracker.Query{Now: time.Now()}, Owner: "local", User: "local", Channel: TerminalChannel, MayAlert: true, MayRecord: true, MayReview: true, MayManage: true}
}

// through has what is written go through out.
func (t *Terminal) through(out io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.out = out
}

// Write shows words that others have to say, above the line that is being typed.
func (t *Terminal) Write(words []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.Write(words)
}

func (t *Terminal) show(words string) {
	if words != "" {
		_, _ = io.WriteString(t, words) // a terminal that is gone ends the input too
	}
}

// Send shows a post, each once.
func (t *Terminal) Send(_ context.Context, p tracker.Post) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shown[p.ID] {
		return p.ID, nil
	}
	if err := t.post(p); err != nil {
		return "", &SendError{Err: fmt.Errorf("write to the terminal: %w", err)}
	}
	t.shown[p.ID] = true
	return p.ID, nil
}

// post writes a post: as text, or as one object.
func (t *Terminal) post(p tracker.Post) error {
	if t.c.JSON {
		return JSON(t.out, Reply{Data: map[string]any{"post": p}})
	}
	_, err := io.WriteString(t.out, t.c.Draw().Post(p))
	return err
}

// Edit shows what became of the firings of a post since: what stands on a
// terminal already cannot be changed.
func (t *Terminal) Edit(_ context.Context, p tracker.Post) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var ends []tracker.Firing
	news, draw := "", t.c.Draw()
	for _, telling := range p.Tellings() {
		if telling.End != nil && t.isNew(telling.End.ID) {
			ends = append(ends, *telling.End)
		}
		for _, n := range telling.Notes {
			if t.isNew(fmt.Sprint(n.Firing, n.What, n.At.UnixNano())) {
				news += draw.note(telling, n, p)
			}
		}
	}
	whole := p
	if p.Firings = ends; len(ends) > 0 {
		news += draw.Post(p)
	}
	if t.c.JSON && news != "" {
		return t.post(whole)
	}
	_, err := io.WriteString(t.out, news)
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

// complete offers commands, then the names of options, then what is known of
// them, for what is typed before the rune at pos. An offer stands in the place of
// what is between head and tail.
func (t *Terminal) complete(ctx context.Context, line string, pos int) (head string, offers []Choice, tail string) {
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
			if before := r.Args[o.Name] + " "; before != " " && o.Known != KnownFilters && strings.HasSuffix(head, before) {
				if offers = t.offer(ctx, r, o.Name, before+typed); len(offers) > 0 { // all its words count
					return strings.TrimSuffix(head, before), offers, tail
				}
				break
			}
			offers = t.offer(ctx, r, o.Name, typed)
			break
		}
	}
	for _, o := range c.Options {
		if strings.HasPrefix(o.Name, typed) && r.Args[o.Name] == "" && !o.Rest {
			offers = append(offers, Choice{Value: o.Name + ":", Name: say("%s: %s", "%s: %s", o.Name, o.About)})
		}
	}
	return head, offers, tail
}

func (t *Terminal) offer(ctx context.Context, r Request, option, typed string) []Choice {
	choices, err := t.offers.Complete(ctx, t.c.Env, r, option, typed)
	if err != nil {
		return nil
	}
	return choices
}

// commandWords are the words that could stand next in a command's name.
func commandWords(before []word, typed string) (offers []Choice) {
	slash, typed := strings.HasPrefix(typed, "/"), strings.TrimPrefix(typed, "/")
	list := Commands()
	if len(before) > 0 {
		i := slices.IndexFunc(list, func(c Command) bool { return c.Name == before[0].value || c.ZH == before[0].value })
		if i < 0 || len(before) > 1 {
			return nil
		}
		list = list[i].Sub
	}
	for _, c := range list {
		for _, word := range []string{c.Word(), c.ZH} {
			if c.On == DiscordOnly || !strings.HasPrefix(word, typed) || word == c.ZH && isASCII(typed) {
				continue // Chinese names are offered to who begins one
			}
			if slash {
				word = "/" + word
			}
			offers = append(offers, Choice{Value: word + " ", Name: say("%s · %s", "%s · %s", word, c.About)})
		}
	}
	return offers
}
