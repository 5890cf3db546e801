package bot

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/ergochat/readline"
)

// editor reads lines that a person types: edited, completed with Tab, with those
// typed before at hand. What is written through it stands above the line that is
// being typed, which stays whole.
type editor struct {
	lines    *readline.Instance
	complete func(line string, pos int) (head string, offers []Choice, tail string)
	lang     string
	empty    bool // nothing is typed; owned by the goroutine that reads
}

// errInterrupted is Ctrl-C at an empty line.
var errInterrupted = errors.New("interrupted")

const promptWords = "derisk> "

// newEditor makes an editor of standard input and output with lines typed before.
func newEditor(in io.Reader, out io.Writer, before []string, lang string, complete func(string, int) (string, []Choice, string)) (*editor, error) {
	e := &editor{complete: complete, lang: lang}
	place := &placed{in: in, out: out}
	lines, err := readline.NewFromConfig(&readline.Config{
		Prompt: promptWords, Listener: e.pressed, Undo: true, HistorySearchFold: true, HistoryLimit: mostTyped,
		DisableAutoSaveHistory: true, InterruptPrompt: "\n", EOFPrompt: "\n", Stdin: place, Stdout: place,
	})
	if err != nil {
		return nil, err
	}
	e.lines = lines
	for _, line := range before {
		if err := lines.SaveToHistory(line); err != nil {
			return nil, errors.Join(err, lines.Close())
		}
	}
	return e, nil
}

// line reads one line. The first Ctrl-C clears what is typed, the next ends with
// errInterrupted; Ctrl-D at an empty line ends with io.EOF, as closing does.
func (e *editor) line() (string, error) {
	for {
		line, err := e.lines.ReadLine()
		switch {
		case !errors.Is(err, readline.ErrInterrupt):
			return line, err
		case e.empty:
			return "", errInterrupted
		}
	}
}

// remember has a line at hand for this run.
func (e *editor) remember(line string) error { return e.lines.SaveToHistory(line) }

// Write shows words above the line that is being typed. They must end a line.
func (e *editor) Write(words []byte) (int, error) { return e.lines.Write(words) }

// close ends a read that waits, and gives the terminal back as it was.
func (e *editor) close() { _ = e.lines.Close() }

// pressed is told of each key but Enter, with the line as it then is.
func (e *editor) pressed(line []rune, pos int, key rune) (now []rune, at int, changed bool) {
	if key == readline.CharTab && pos > 0 && line[pos-1] == '\t' {
		line = slices.Delete(slices.Clone(line), pos-1, pos)
		now, at = e.completed(line, pos-1)
		e.empty = len(now) == 0
		return now, at, true
	}
	e.empty = len(line) == 0
	return nil, 0, false
}

// completed completes what is typed before pos as far as there is one way to, and
// shows the ways where there are several.
func (e *editor) completed(line []rune, pos int) ([]rune, int) {
	head, offers, tail := e.complete(string(line), pos)
	if len(offers) == 0 {
		return line, pos
	}
	typed := strings.TrimPrefix(string(line[:pos]), head)
	value := commonStart(offers)
	switch {
	case len(offers) == 1:
		if last, _ := utf8.DecodeLastRuneInString(value); last != ':' && last != ' ' {
			value += " "
		}
	case len(value) <= len(typed) || !strings.HasPrefix(fold(value), fold(typed)):
		e.show(offers)
		return line, pos
	}
	now := []rune(head + value)
	return append(now, []rune(strings.TrimPrefix(tail, " "))...), len(now)
}

func commonStart(offers []Choice) string {
	common := offers[0].Value
	for _, o := range offers[1:] {
		for !strings.HasPrefix(o.Value, common) {
			_, size := utf8.DecodeLastRuneInString(common)
			common = common[:len(common)-size]
		}
	}
	return common
}

func (e *editor) show(offers []Choice) {
	var b strings.Builder
	for _, o := range offers {
		name := o.Name.In(e.lang)
		if name == "" {
			name = o.Value
		}
		b.WriteString("  " + clean(name) + "\n")
	}
	_, _ = io.WriteString(e, b.String()) // a terminal that is gone ends the input too
}

// placed is a terminal on which a prompt always begins a line. It answers the
// library's question where the cursor is by itself: a terminal that does not
// would have the person wait for ever, and what they typed ahead would be taken
// for its answer.
type placed struct {
	in     io.Reader
	out    io.Writer
	mu     sync.Mutex
	answer []byte // to be read before what is typed; guarded by mu
}

var whereCursor, atLineStart = []byte("\x1b[6n"), []byte("\x1b[1;1R")

func (p *placed) Write(b []byte) (int, error) {
	if !bytes.Equal(b, whereCursor) {
		return p.out.Write(b)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = atLineStart
	return len(b), nil
}

func (p *placed) Read(b []byte) (int, error) {
	p.mu.Lock()
	n := copy(b, p.answer)
	p.answer = p.answer[n:]
	p.mu.Unlock()
	if n > 0 {
		return n, nil
	}
	return p.in.Read(b)
}

// edited runs do with an editor that closes with ctx.
func edited(ctx context.Context, e *editor, do func() error) error {
	stop := context.AfterFunc(ctx, e.close)
	defer stop()
	defer e.close()
	return do()
}
