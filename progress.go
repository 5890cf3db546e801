package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// progress tells on a terminal how far a long piece of work has come, on one
// line that is taken away at the end. It is silent for the first second, and
// where standard error is no terminal.
type progress struct {
	out   io.Writer // nil: silent
	begun time.Time
	last  time.Time // told; zero: not yet
}

func (a *app) progress() *progress {
	p := &progress{begun: time.Now()}
	if f, ok := a.errOut.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.out = f
	}
	return p
}

// tell says which share of the work is done, from 0 to 1, some times a second.
func (p *progress) tell(share float64) {
	if p.out == nil {
		return
	}
	now := time.Now()
	if now.Sub(p.begun) < time.Second || now.Sub(p.last) < 200*time.Millisecond {
		return
	}
	p.last = now
	fmt.Fprintf(p.out, "\r%3.0f %%", 100*share)
}

// clear takes the line away.
func (p *progress) clear() {
	if !p.last.IsZero() {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
