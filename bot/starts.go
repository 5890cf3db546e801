package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	// maxStarts is how often a bot may identify itself in a day, where Discord does
	// not say otherwise. It resets the token of one that does so more often.
	maxStarts = 1000
	// startSpacing is the least time between two of them in one bucket.
	startSpacing = 5 * time.Second
	startsKey    = "discord.starts"
)

// starts counts how often the bot has identified itself, over all shards and
// restarts, and keeps the shards apart that do so: those whose number leaves the
// same rest by Discord's max_concurrency are one bucket.
type starts struct {
	memory  Settings
	spacing time.Duration
	log     *slog.Logger

	mu      sync.Mutex      // guards all below, and the count in memory
	most    int             // in a day; 0: maxStarts
	buckets []chan struct{} // each holds a value while it is somebody's turn
}

func newStarts(memory Settings, log *slog.Logger) *starts {
	s := &starts{memory: memory, spacing: startSpacing, log: log}
	s.limit(0, 1)
	return s
}

// startCount is what is remembered: a day that began with its first start.
type startCount struct {
	Since  time.Time         `json:"since"`
	Latest map[int]time.Time `json:"latest"` // by bucket
	Count  int               `json:"count"`
}

// limit takes over what Discord allows. Nobody may be waiting.
func (s *starts) limit(most, concurrency int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.most = most
	s.buckets = make([]chan struct{}, max(concurrency, 1))
	for i := range s.buckets {
		s.buckets[i] = make(chan struct{}, 1)
	}
}

// turn is a shard's turn to identify itself. It keeps others of its bucket waiting
// until it is spent or ends.
type turn struct {
	of     *starts
	bucket int
	once   sync.Once
}

// end lets the next of the bucket go on.
func (t *turn) end() { t.once.Do(func() { <-t.of.buckets[t.bucket] }) }

// spend notes that the bot identifies itself now.
func (t *turn) spend(ctx context.Context) error {
	defer t.end()
	t.of.mu.Lock()
	defer t.of.mu.Unlock()
	c := t.of.count(ctx)
	c.Count++
	c.Latest[t.bucket] = time.Now()
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if err := t.of.memory.SetSetting(ctx, startsKey, string(raw)); err != nil {
		return errors.Join(fmt.Errorf("count a discord session: %w", err), ctx.Err())
	}
	return nil
}

// count is called with mu held.
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
		c.Since, c.Count = now, 0
	}
	if c.Latest == nil {
		c.Latest = map[int]time.Time{}
	}
	return c
}

// await waits until a shard may identify itself. The caller ends the turn.
func (s *starts) await(ctx context.Context, shard int) (*turn, error) {
	bucket := shard % len(s.buckets)
	select {
	case s.buckets[bucket] <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	t := &turn{of: s, bucket: bucket}
	if err := sleep(ctx, s.wait(ctx, bucket)); err != nil {
		t.end()
		return nil, err
	}
	return t, nil
}

// wait is how long a bucket's next start is away.
func (s *starts) wait(ctx context.Context, bucket int) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.count(ctx)
	if most := cmp.Or(s.most, maxStarts); c.Count >= most {
		wait := time.Until(c.Since.Add(24 * time.Hour))
		s.log.Error("the bot has identified itself as often as Discord allows in a day; posts go out all the same", "limit", most, "wait", wait)
		return wait
	}
	return min(time.Until(c.Latest[bucket].Add(s.spacing)), s.spacing) // less where the clock was set back
}
