package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

const (
	// maxStarts is how often a bot may identify itself in a day. Discord resets
	// the token of one that does so more often.
	maxStarts = 1000
	// startSpacing is the least time between two of them.
	startSpacing = 5 * time.Second
	startsKey    = "discord.starts"
)

// starts counts how often the bot has identified itself.
type starts struct {
	memory  Settings
	spacing time.Duration
	log     *slog.Logger
}

// startCount is what is remembered: a day that began with its first start.
type startCount struct {
	Since time.Time `json:"since"`
	Last  time.Time `json:"last"`
	Count int       `json:"count"`
}

func (s *starts) count(ctx context.Context) startCount {
	var c startCount
	raw, err := s.memory.Setting(ctx, startsKey)
	if err == nil && raw != "" {
		err = json.Unmarshal([]byte(raw), &c)
	}
	if err != nil {
		s.log.Warn("the count of discord sessions cannot be read", "err", err)
	}
	if now := time.Now(); now.Sub(c.Since) >= 24*time.Hour || c.Since.After(now) {
		c = startCount{Since: now, Last: c.Last}
	}
	return c
}

// await waits until the bot may identify itself.
func (s *starts) await(ctx context.Context) error {
	c := s.count(ctx)
	wait := time.Until(c.Last.Add(s.spacing))
	if wait > s.spacing {
		wait = s.spacing // the clock was set back
	}
	if c.Count >= maxStarts {
		wait = time.Until(c.Since.Add(24 * time.Hour))
		s.log.Error("the bot has identified itself as often as Discord allows in a day; posts go out all the same", "limit", maxStarts, "wait", wait)
	}
	if wait <= 0 {
		return ctx.Err()
	}
	return sleep(ctx, wait)
}

// spend notes that the bot identifies itself now.
func (s *starts) spend(ctx context.Context) error {
	c := s.count(ctx)
	c.Count++
	c.Last = time.Now()
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if err := s.memory.SetSetting(ctx, startsKey, string(raw)); err != nil {
		return errors.Join(fmt.Errorf("count a discord session: %w", err), ctx.Err())
	}
	return nil
}
