package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync/atomic"
)

// session is what a new connection needs to go on where the last one ended, in
// this process or in the one before.
type session struct {
	id, url string // Discord's; id is empty where there is no session
	app     string // the application that the bot is
	seq     atomic.Int64
	turn    *turn // to identify itself, while there is no session

	// stale says that a process before, which was killed, may have handled events
	// after seq. Discord sends those again until it says RESUMED: they are passed
	// over, as a command must not be carried out twice.
	stale bool
}

// begin takes a session from Discord's READY.
func (s *session) begin(ready json.RawMessage) error {
	var r struct {
		Session     string `json:"session_id"`
		Resume      string `json:"resume_gateway_url"`
		Application struct {
			ID string `json:"id"`
		} `json:"application"`
	}
	err := json.Unmarshal(ready, &r)
	s.id, s.url, s.app = r.Session, r.Resume, r.Application.ID
	return err
}

func (s *session) forget() {
	s.id, s.url, s.stale = "", "", false
	s.seq.Store(0)
}

// sessions keep the session of each shard, so that a restart does not cost one
// of the day's starts.
type sessions struct {
	memory Settings
	log    *slog.Logger
}

// keptSession is how a session is stored. A session is its shard's as long as
// there are as many shards.
type keptSession struct {
	ID    string `json:"id"`
	URL   string `json:"url"`
	App   string `json:"app"`
	Seq   int64  `json:"seq"`
	Of    int    `json:"of"`
	Exact bool   `json:"exact"` // nothing was handled after seq
}

func sessionKey(s shard) string { return fmt.Sprintf("discord.session.%d", s.id) }

// load is the session of a shard; one without an id where there is none.
func (k *sessions) load(ctx context.Context, of shard) *session {
	s := &session{}
	raw, err := k.memory.Setting(ctx, sessionKey(of))
	var kept keptSession
	if err == nil && raw != "" {
		err = json.Unmarshal([]byte(raw), &kept)
	}
	if err != nil {
		k.log.Warn("the discord session of before cannot be read; a new one is begun", "shard", of, "err", err)
		return s
	}
	if kept.Of == of.of {
		s.id, s.url, s.app, s.stale = kept.ID, kept.URL, kept.App, kept.ID != "" && !kept.Exact
		s.seq.Store(kept.Seq)
	}
	return s
}

// save stores a session. Exact is for the end, when nothing more is handled.
func (k *sessions) save(ctx context.Context, of shard, s *session, exact bool) {
	raw, err := json.Marshal(keptSession{s.id, s.url, s.app, s.seq.Load(), of.of, exact && !s.stale})
	if err == nil {
		err = k.memory.SetSetting(ctx, sessionKey(of), string(raw))
	}
	if err != nil && ctx.Err() == nil {
		k.log.Warn("the discord session cannot be kept for a restart", "shard", of, "err", err)
	}
}
