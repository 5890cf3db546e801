package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
)

// DefaultAPI is where Discord's HTTP API is.
const DefaultAPI = "https://discord.com/api/v10"

// Codes that Discord gives beside the status of HTTP ("JSON Error Codes" in its
// documentation).
const (
	codeUnknownChannel    = 10003
	codeUnknownMessage    = 10008
	codeCrossposted       = 40033
	codeAcknowledged      = 40060
	codeMissingAccess     = 50001
	codeMissingPermission = 50013
)

// refusedError is Discord's answer to a request that it did not carry out.
type refusedError struct {
	Status int // of HTTP
	Code   int // Discord's own; 0: none
	Words  string
}

func (e *refusedError) Error() string {
	if e.Code == 0 {
		return fmt.Sprintf("discord answers %d %s", e.Status, http.StatusText(e.Status))
	}
	return fmt.Sprintf("discord answers %d: %s (code %d)", e.Status, e.Words, e.Code)
}

// api makes requests. All of them go through one [transport].
type api struct {
	session *discordgo.Session
}

func newAPI(token, base string, next http.RoundTripper, log *slog.Logger) (*api, error) {
	at, err := url.Parse(base)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return nil, fmt.Errorf("%q is not the base of an API: write one such as %s", base, DefaultAPI)
	}
	session, err := discordgo.New("Bot " + token)
	if err != nil {
		return nil, err
	}
	session.LogLevel = -1 // it writes to the global logger
	session.MaxRestRetries = 0
	session.ShouldRetryOnRateLimit = false
	session.UserAgent = "DiscordBot (derisk, 1)"
	session.Client = &http.Client{
		Transport:     newTransport(at, next, log),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the token goes nowhere else
	}
	return &api{session}, nil
}

// call makes one request to a path under the API's base, once: what it meets is
// the caller's to judge. An answer that refuses is a [refusedError], a rate limit
// that outlasts the context's deadline a [limitedError]; after all else nobody
// knows whether the request was carried out. No error names the bot's token, nor
// an interaction's.
func (a *api) call(ctx context.Context, method, path string, body, into any) error {
	raw, mediaType, err := encodeBody(body)
	if err != nil {
		return err
	}
	// A bucket of its own for each request: those of the session sleep without
	// looking at the context, and are kept for ever.
	bucket := discordgo.NewRatelimiter().LockBucket("")
	answer, err := a.session.RequestWithLockedBucket(method, discordgo.EndpointAPI+strings.TrimPrefix(path, "/"),
		mediaType, raw, bucket, 0, discordgo.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, publicPath(path), plain(err))
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("%s %s: discord's answer cannot be read: %w", method, publicPath(path), err)
	}
	return nil
}

// plain turns what discordgo and net/http return into errors that name no URL
// and hold no request.
func plain(err error) error {
	if refused, ok := errors.AsType[*discordgo.RESTError](err); ok {
		e := &refusedError{Status: refused.Response.StatusCode}
		if refused.Message != nil {
			e.Code, e.Words = refused.Message.Code, cut(refused.Message.Message+details(refused.ResponseBody), 300)
		}
		return e
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return errors.New(cut(err.Error(), 100)) // a 502, with its page
}

// details are the parts of a body that Discord found wrong.
func details(answer []byte) string {
	var body struct {
		Errors json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(answer, &body) != nil || len(body.Errors) == 0 {
		return ""
	}
	return " " + string(body.Errors)
}

// publicPath is a path without the tokens that some paths hold.
func publicPath(path string) string {
	parts := strings.Split(strings.SplitN(path, "?", 2)[0], "/")
	for i := range parts {
		if i >= 2 && (parts[i-2] == "webhooks" || parts[i-2] == "interactions") {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}

// cut is s, or its beginning with … where it has more than most characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return strings.TrimRight(string(runes[:max(0, most-1)]), " \n") + "…"
}

// snowflakeAt is an id below all that Discord gives from an instant on.
func snowflakeAt(at time.Time) string {
	const epoch = 1420070400000 // 2015-01-01, in milliseconds
	return fmt.Sprint(max(0, at.UnixMilli()-epoch) << 22)
}
