package discordtest

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// Fault is how one request goes wrong. The zero Fault is that it does not. Only
// Delay goes with an answer that is otherwise right.
type Fault struct {
	Delay  time.Duration // before anything else
	Store  bool          // carry the request out all the same
	Status int           // answer so
	Header http.Header   // with these
	Body   string        // and this
	Reset  bool          // cut the connection instead of an answer
	Hang   bool          // never answer
}

func (f Fault) none() bool { return f.Status == 0 && !f.Reset && !f.Hang }

const html = "<html><body><h1>502 Bad Gateway</h1></body></html>"

// StoredBadGateway carries the request out and answers 502 with a page.
func StoredBadGateway() Fault { return Fault{Store: true, Status: 502, Body: html} }

// Status answers with a status and Discord's own code, as 403 and 50001.
func Status(status, code int) Fault {
	return Fault{Status: status, Body: fmt.Sprintf(`{"code": %d, "message": "scripted"}`, code)}
}

// Limited answers 429. Header says it in Retry-After, else the body alone does.
func Limited(after time.Duration, global, header bool) Fault {
	f := Fault{Status: 429, Header: http.Header{}}
	f.Body = fmt.Sprintf(`{"message": "You are being rate limited.", "retry_after": %g, "global": %t}`, after.Seconds(), global)
	if header {
		f.Header.Set("Retry-After", fmt.Sprintf("%g", after.Seconds()))
		if global {
			f.Header.Set("X-RateLimit-Global", "true")
		}
	}
	return f
}

// LimitedByProxy answers 429 with a page and nothing to go by.
func LimitedByProxy() Fault { return Fault{Status: 429, Body: "<html>error 1015</html>"} }

// Script has f say of each request to the HTTP API how it goes wrong. f is
// called by many goroutines.
func (s *Server) Script(f func(Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = f
}

// Storm is a script that hits requests whose method and path begin with prefix:
// of a hundred, percent go wrong in one of many ways, by the seed. Answers that
// hang are left out unless hang is set.
func Storm(prefix string, percent int, seed uint64, hang bool) func(Request) Fault {
	faults := []Fault{
		StoredBadGateway(), {Store: true, Reset: true}, {Reset: true}, {Status: 500, Body: html}, {Status: 503},
		Limited(20*time.Millisecond, false, true), Limited(20*time.Millisecond, true, false), LimitedByProxy(), {Delay: 20 * time.Millisecond},
	}
	if hang {
		faults = append(faults, Fault{Store: true, Hang: true}, Fault{Hang: true})
	}
	return func(r Request) Fault {
		if !strings.HasPrefix(r.Method+" "+r.Path, prefix) {
			return Fault{}
		}
		rnd := rand.New(rand.NewPCG(seed, uint64(r.N)))
		if rnd.IntN(100) >= percent {
			return Fault{}
		}
		return faults[rnd.IntN(len(faults))]
	}
}
