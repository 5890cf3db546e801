package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// typist sits before a derisk that runs in a terminal of their own.
type typist struct {
	t      *testing.T
	keys   *os.File
	cmd    *exec.Cmd
	screen chan []byte
	seen   bytes.Buffer
	read   int // of seen, what was waited for already
}

func newTypist(t *testing.T, i *install, env ...string) *typist {
	t.Helper()
	cmd := exec.Command(i.binary, "run", "--rules", "rules.d") // an empty folder
	cmd.Dir = i.dir
	cmd.Env = append(append(os.Environ(), "DISCORD_TOKEN=", "TZ=UTC", "TERM=xterm", "NO_COLOR=1", "XDG_STATE_HOME="+filepath.Join(i.dir, "state")), env...)
	keys, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 100})
	if err != nil {
		t.Skip("no pseudo-terminal here:", err)
	}
	p := &typist{t: t, keys: keys, cmd: cmd, screen: make(chan []byte)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(p.screen)
		for {
			b := make([]byte, 4096)
			n, err := keys.Read(b)
			if n > 0 {
				p.screen <- b[:n]
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = keys.Close()
		for range p.screen {
		}
		<-done
	})
	return p
}

// types presses keys.
func (p *typist) types(keys string) {
	p.t.Helper()
	if _, err := io.WriteString(p.keys, keys); err != nil {
		p.t.Fatal(err)
	}
}

// sees waits for words on the screen, behind those waited for before.
func (p *typist) sees(words string) {
	p.t.Helper()
	late := time.After(20 * time.Second)
	for {
		if i := strings.Index(p.seen.String()[p.read:], words); i >= 0 {
			p.read += i + len(words)
			return
		}
		select {
		case b, more := <-p.screen:
			p.seen.Write(b)
			if !more {
				p.t.Fatalf("ended without %q:\n%q", words, p.seen.String()[p.read:])
			}
		case <-late:
			p.t.Fatalf("no %q:\n%q", words, p.seen.String()[p.read:])
		}
	}
}

// ends waits for the program's end.
func (p *typist) ends() {
	p.t.Helper()
	go func() {
		for range p.screen {
		}
	}()
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("ends with %v", err)
	}
}

func TestChatAtATerminal(t *testing.T) {
	i := newInstall(t)
	p := newTypist(t, i)
	p.sees("derisk> ")
	p.types("mea\t") // as far as there is one way
	p.sees("derisk> \x1b[0Kmeasure")
	p.types("\t") // then the ways
	p.sees("  measures · ")
	p.sees("derisk> \x1b[0Kmeasure")
	p.types("\x03") // clears the line
	p.sees("derisk> ")
	p.types("measure crane\ton:2026-11-25\r") // completed by a word of its title
	p.sees("us-ustr-2025-301-cranes: in force since 10 November 2026")
	p.sees("derisk> ")
	p.types("第61号公告有关\x7f效吗 on:2026-11-25\r") // Chinese is erased in whole characters
	p.sees("推定为是")
	p.sees("derisk> ")
	p.types("\x1b[A") // the line before
	p.sees("第61号公告有效吗")
	p.types("\x03")
	p.sees("derisk> ")
	p.types("\x03") // at an empty line: the end
	p.ends()

	p = newTypist(t, i) // a later run
	p.sees("derisk> ")
	p.types("\x1b[A\x1b[A")
	p.sees("measure us-ustr-2025-301-cranes on:2026-11-25")
	p.types("\x15\x04") // erased, and Ctrl-D
	p.ends()
}

func TestChatAtADumbTerminal(t *testing.T) {
	i := newInstall(t)
	p := newTypist(t, i, "TERM=dumb", "NO_COLOR=")
	p.sees("derisk> ")
	p.types("/mesure x\n")
	p.sees(`did you mean "measure"?`)
	p.types("quit\n")
	p.ends()
	if strings.Contains(p.seen.String(), "\x1b") {
		t.Errorf("escape sequences: %q", p.seen.String())
	}
	if _, err := os.Stat(filepath.Join(i.dir, "state")); err == nil {
		t.Error("lines of a dumb terminal are kept")
	}
}
